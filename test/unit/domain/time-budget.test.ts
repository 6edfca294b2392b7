import { DeadlineError } from '../../../lambda/domain/errors.ts';
import { TimeBudget } from '../../../lambda/domain/time-budget.ts';

describe('the time budget', () => {
  test('gives a call its cap while there is time', () => {
    expect(new TimeBudget(() => 180_000).timeoutMs(10_000)).toBe(10_000);
  });

  test('holds 40 seconds back for taking back', () => {
    let leftMs = 180_000;
    const budget = new TimeBudget(() => leftMs);
    leftMs = 45_000;
    expect(budget.timeoutMs(10_000)).toBe(5_000);
    budget.releaseForUndo();
    expect(budget.timeoutMs(10_000)).toBe(10_000);
  });

  test('holds 3 of them back for the report, and half a second of those for the answer', () => {
    let leftMs = 180_000;
    const budget = new TimeBudget(() => leftMs);
    leftMs = 4_000;
    budget.releaseForUndo();
    expect(budget.timeoutMs(10_000)).toBe(1_000);
    budget.releaseForReport();
    expect(budget.timeoutMs(10_000)).toBe(3_500);
  });

  test('divides a short time in the same way', () => {
    const budget = new TimeBudget(() => 12_000);
    expect(budget.timeoutMs(60_000)).toBe(8_000);
    budget.releaseForUndo();
    expect(budget.timeoutMs(60_000)).toBe(11_000);
    budget.releaseForReport();
    expect(budget.timeoutMs(60_000)).toBe(11_500);
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
