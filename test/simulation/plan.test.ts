import { formatPlan, parsePlan, type Plan } from '../../local/simulation/plan.ts';

const PLAN: Plan = [
  { call: 12, fault: 'loseReply' },
  { process: 3, act: 'drop-pending' },
  { call: 30, outage: 'secrets-manager', processes: 4 },
];
const TEXT = '12:loseReply,p3:drop-pending,30:outage-secrets-manager-4';

describe('a plan', () => {
  test('is written as one word', () => {
    expect(formatPlan(PLAN)).toBe(TEXT);
  });

  test('is read as it is written', () => {
    expect(parsePlan(TEXT)).toEqual(PLAN);
  });

  test('of nothing is empty', () => {
    expect(parsePlan('')).toEqual([]);
  });

  test.each(['12', '12:explode', 'p3:loseReply', '3:drop-pending', 'x:die', '5:outage-moon-2'])(
    'fails when a part is no incident: %s',
    (text) => {
      expect(() => parsePlan(text)).toThrow(RangeError);
    },
  );
});
