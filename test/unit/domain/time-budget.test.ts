import { DeadlineError } from '../../../lambda/domain/errors.ts';
import { TimeBudget } from '../../../lambda/domain/time-budget.ts';

describe('the time budget', () => {
  test('gives a call its cap while there is time', () => {
    expect(new TimeBudget(() => 180_000).timeoutMs(10_000)).toBe(10_000);
  });

  test('holds 40 seconds back until they are released', () => {
    let leftMs = 180_000;
    const budget = new TimeBudget(() => leftMs);
    leftMs = 45_000;
    expect(budget.timeoutMs(10_000)).toBe(5_000);
    budget.releaseReserve();
    expect(budget.timeoutMs(10_000)).toBe(10_000);
  });

  test('holds back a third of a short time', () => {
    expect(new TimeBudget(() => 30_000).timeoutMs(60_000)).toBe(20_000);
  });

  test('gives whole milliseconds, whatever is held back', () => {
    expect(new TimeBudget(() => 10_000).timeoutMs(60_000)).toBe(6_666);
  });

  test('fails when less than a quarter of a second is left for a call', () => {
    let leftMs = 180_000;
    const budget = new TimeBudget(() => leftMs);
    leftMs = 40_249;
    expect(() => budget.timeoutMs(10_000)).toThrow(DeadlineError);
    leftMs = 40_250;
    expect(budget.timeoutMs(10_000)).toBe(250);
  });
});
