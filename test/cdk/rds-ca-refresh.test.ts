import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PINNED_FOLDER, readPins } from '../../lib/rds-ca/pinned-roots.ts';
import { refresh, type Refreshed } from '../../lib/rds-ca/refresh.ts';
import { PROJECT_ROOT } from './orders.ts';

const TODAY_MS = Date.parse('2026-11-21T12:00:00Z');

function pinned(region: string): string {
  return readFileSync(path.join(PINNED_FOLDER, `${region}.pem`), 'utf8');
}

/** A certificate that is its own issuer, ended in 2020, and is none of Amazon's. */
const OTHER = readFileSync(path.join(PROJECT_ROOT, 'test/cdk/ended-ca.pem'), 'utf8');

describe('the refresh of the certificates of Amazon RDS', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-rds-ca-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function refreshFrom(
    bundle: string,
    options: { readonly nowMs?: number; readonly allowsRemoval?: boolean } = {},
  ): Refreshed {
    const { nowMs = TODAY_MS, allowsRemoval = false } = options;
    return refresh({ bundle, source: 'a bundle', folder, nowMs, allowsRemoval });
  }

  function namesOf(pins: Refreshed['added']): readonly string[] {
    return pins.map(({ region, kind }) => `${region} ${kind}`);
  }

  test('pins the roots of each region in a file of their own, and passes others over', () => {
    const { added, total } = refreshFrom(pinned('eu-west-1') + OTHER + pinned('eu-central-1'));

    expect(readdirSync(folder).sort()).toEqual([
      'eu-central-1.pem',
      'eu-west-1.pem',
      'pinned.json',
    ]);
    expect(readFileSync(path.join(folder, 'eu-west-1.pem'), 'utf8')).toBe(pinned('eu-west-1'));
    expect(total).toBe(6);
    expect(namesOf(added)).toEqual([
      'eu-central-1 ECC384 G1',
      'eu-central-1 RSA2048 G1',
      'eu-central-1 RSA4096 G1',
      'eu-west-1 ECC384 G1',
      'eu-west-1 RSA2048 G1',
      'eu-west-1 RSA4096 G1',
    ]);
  });

  test('records where they came from, and when', () => {
    refreshFrom(pinned('eu-west-1'));

    expect(readPins(folder)).toMatchObject({
      source: 'a bundle',
      sourceSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      pinnedOn: '2026-11-21',
      roots: [
        { region: 'eu-west-1', kind: 'ECC384 G1', lastDay: '2121-05-20' },
        { region: 'eu-west-1', kind: 'RSA2048 G1', lastDay: '2061-05-20' },
        { region: 'eu-west-1', kind: 'RSA4096 G1', lastDay: '2121-05-20' },
      ],
    });
  });

  test('says what is new only', () => {
    refreshFrom(pinned('eu-west-1'));
    const { added, removed } = refreshFrom(pinned('eu-west-1') + pinned('eu-west-2'));

    expect(namesOf(added)).toEqual([
      'eu-west-2 ECC384 G1',
      'eu-west-2 RSA2048 G1',
      'eu-west-2 RSA4096 G1',
    ]);
    expect(removed).toEqual([]);
    expect(readFileSync(path.join(folder, 'eu-west-1.pem'), 'utf8')).toBe(pinned('eu-west-1'));
  });

  test('leaves out what has ended by then', () => {
    refreshFrom(pinned('eu-west-1'));
    const { removed, total } = refreshFrom(pinned('eu-west-1'), {
      nowMs: Date.parse('2061-06-01T00:00:00Z'),
    });

    expect(namesOf(removed)).toEqual(['eu-west-1 RSA2048 G1']);
    expect(total).toBe(2);
  });

  test('fails when a pinned certificate that has not ended is missing, and leaves all as it was', () => {
    refreshFrom(pinned('eu-west-1') + pinned('eu-west-2'));

    expect(() => refreshFrom(pinned('eu-west-1'))).toThrow(
      'a bundle lacks pinned certificates that have not ended: eu-west-2 ECC384 G1, eu-west-2 RSA2048 G1, ' +
        'eu-west-2 RSA4096 G1; if Amazon withdrew them, run again with --allow-removal',
    );
    expect(readdirSync(folder).sort()).toEqual(['eu-west-1.pem', 'eu-west-2.pem', 'pinned.json']);
  });

  test('removes what Amazon withdrew when it is told so', () => {
    refreshFrom(pinned('eu-west-1') + pinned('eu-west-2'));
    const { removed } = refreshFrom(pinned('eu-west-1'), { allowsRemoval: true });

    expect(removed).toHaveLength(3);
    expect(readdirSync(folder).sort()).toEqual(['eu-west-1.pem', 'pinned.json']);
  });

  test.each([
    ['a bundle holds no certificate', 'not found'],
    ['a bundle holds none of Amazon', OTHER],
  ])('fails when %s', (_case, bundle) => {
    expect(() => refreshFrom(bundle)).toThrow('a bundle holds no root certificate of Amazon RDS');
    expect(readdirSync(folder)).toEqual([]);
  });
});
