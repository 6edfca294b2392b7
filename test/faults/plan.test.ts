import type { Point } from '../../local/line-faults/point.ts';
import { faultText, parseFault } from '../../local/line-faults/fault.ts';
import { planFaults, sampleOf } from '../../local/line-faults/plan.ts';

const POINT: Point = {
  step: 'setSecret',
  endpoint: 'postgres',
  connection: 2,
  exchange: 5,
  side: 'after',
};

function pointsOf(endpoint: string, count: number): readonly Point[] {
  return Array.from({ length: count }, (_, index) => ({ ...POINT, endpoint, exchange: index + 1 }));
}

describe('a fault', () => {
  test('is written with its kind and its point', () => {
    expect(faultText({ kind: 'kill', point: POINT })).toBe('kill@setSecret/postgres/2.5/after');
  });

  test('is read back', () => {
    expect(parseFault('kill@setSecret/postgres/2.5/after')).toEqual({ kind: 'kill', point: POINT });
  });

  test.each([
    'kill',
    'burn@setSecret/postgres/2.5/after',
    'kill@setSecret/postgres/2.5/during',
    'kill@setSecret/postgres/2/after',
  ])('fails when it is %s', (text) => {
    expect(() => parseFault(text)).toThrow(
      `expected a fault such as kill@setSecret/postgres/2.5/after: ${text}`,
    );
  });
});

describe('the plan', () => {
  const points = pointsOf('postgres', 240);
  const count = (kind: string): number =>
    planFaults(points, 'a seed').filter((fault) => fault.kind === kind).length;

  test('cuts and kills at every point', () => {
    expect(count('cut')).toBe(240);
    expect(count('kill')).toBe(240);
  });

  test('has of every other kind a share', () => {
    expect(count('vanish')).toBeGreaterThan(30);
    expect(count('vanish')).toBeLessThan(90);
    expect(count('blackhole')).toBeGreaterThan(8);
    expect(count('blackhole')).toBeLessThan(40);
    expect(count('delay')).toBeGreaterThan(8);
    expect(count('delay')).toBeLessThan(40);
  });

  test('is the same for the same seed, and another for another', () => {
    const texts = (seed: string): readonly string[] => planFaults(points, seed).map(faultText);
    expect(texts('a seed')).toEqual(texts('a seed'));
    expect(texts('a seed')).not.toEqual(texts('another'));
  });

  test('keeps its order where a point comes in addition', () => {
    const before = planFaults(points.slice(1), 'a seed').map(faultText);
    const after = planFaults(points, 'a seed').map(faultText);
    expect(after.filter((text) => before.includes(text))).toEqual(before);
  });
});

describe('a sample', () => {
  const faults = planFaults([...pointsOf('ssm', 2), ...pointsOf('s3', 98)], 'a seed');

  test('has as many faults as it is to have, none twice', () => {
    const texts = sampleOf(faults, 20).map(faultText);
    expect(new Set(texts).size).toBe(20);
  });

  test('lets no endpoint crowd out another', () => {
    const endpoints = sampleOf(faults, 20).map(({ point }) => point.endpoint);
    const ssm = endpoints.filter((endpoint) => endpoint === 'ssm').length;
    expect(ssm).toBeGreaterThanOrEqual(1);
    expect(ssm).toBeLessThanOrEqual(4);
  });

  test('is all there is where less is there than it is to have', () => {
    expect(sampleOf(faults, 100_000)).toHaveLength(faults.length);
  });
});
