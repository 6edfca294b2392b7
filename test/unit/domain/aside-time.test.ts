import { AsideTime } from '../../../lambda/domain/aside-time.ts';
import { DeadlineError } from '../../../lambda/domain/errors.ts';

let nowMs = 0;
const clock = { now: (): number => nowMs };

beforeEach(() => {
  nowMs = 50_000;
});

test('there is no time for what goes on aside before it begins', () => {
  const time = new AsideTime({ remainingMs: () => 60_000, clock });
  expect(() => time.budget.timeoutMs(8_000)).toThrow(DeadlineError);
});

test('what begins gives all of it so much time from then on', () => {
  const time = new AsideTime({ remainingMs: () => 60_000, clock });
  time.begin(3_000);
  nowMs += 2_000;
  expect(time.budget.timeoutMs(8_000)).toBe(1_000);
  time.begin(3_000);
  expect(time.budget.timeoutMs(8_000)).toBe(3_000);
  nowMs += 3_000;
  expect(() => time.budget.timeoutMs(8_000)).toThrow(DeadlineError);
});

test('what has a shorter time takes none away from what had longer', () => {
  const time = new AsideTime({ remainingMs: () => 60_000, clock });
  time.begin(5_000);
  time.begin(3_000);
  expect(time.budget.timeoutMs(8_000)).toBe(5_000);
});

test('the function keeps the half second in which it answers', () => {
  const time = new AsideTime({ remainingMs: () => 2_000, clock });
  time.begin(3_000);
  expect(time.budget.timeoutMs(8_000)).toBe(1_500);
});
