import { readSchedule } from '../../lib/schedule-expression.ts';

/** Hours from one window to the next, at least and at most, and the latest hour at which one opens. */
function hoursOf(expression: string): readonly number[] | undefined {
  const times = readSchedule(expression);
  if (times === undefined) return undefined;
  return [times.gapMinMs / 3_600_000, times.gapMaxMs / 3_600_000, times.lastHour];
}

describe('a schedule expression', () => {
  test.each([
    ['rate(4 hours)', [4, 4, 0]],
    ['rate(1 day)', [24, 24, 0]],
    ['rate(30 days)', [720, 720, 0]],
    ['cron(0 3 1 * ? *)', [672, 744, 3]],
    ['cron(0 0/8 * * ? *)', [8, 8, 16]],
    ['cron(0 4/12 * * ? *)', [12, 12, 16]],
    ['cron(0 8,20 * * ? *)', [12, 12, 20]],
    ['cron(0 0-23/6 * * ? *)', [6, 6, 18]],
    ['cron(0 2 1,15 * ? *)', [336, 408, 2]],
    ['cron(0 2 1 1/3 ? *)', [2_160, 2_208, 2]],
    ['cron(0 2 1 JAN,JUL ? *)', [4_344, 4_416, 2]],
    ['cron(0 16 ? * TUE *)', [168, 168, 16]],
    ['cron(0 16 ? * MON-FRI *)', [24, 72, 16]],
    ['cron(0 16 ? * 2 *)', [168, 168, 16]],
    ['cron(0 0 L * ? *)', [672, 744, 0]],
    ['cron(0 0 ? * L *)', [168, 168, 0]],
    ['cron(0 8 ? * 6L *)', [672, 840, 8]],
    ['cron(0 8 ? * SUN#1 *)', [672, 840, 8]],
    ['cron(0 8 29 2 ? *)', [35_064, 35_064, 8]],
  ])('says how far apart rotations are: %s', (expression, hours) => {
    expect(hoursOf(expression)).toEqual(hours);
  });

  test.each([
    ['the unit is minutes', 'rate(30 minutes)'],
    ['the rate is nothing', 'rate(0 days)'],
    ['the minute is not 0', 'cron(30 3 1 * ? *)'],
    ['the year is one', 'cron(0 3 1 * ? 2027)'],
    ['a field is missing', 'cron(0 3 1 * ?)'],
    ['both kinds of day count', 'cron(0 3 1 * 2 *)'],
    ['neither kind of day counts', 'cron(0 3 ? * ? *)'],
    ['the hour is the 24th', 'cron(0 24 1 * ? *)'],
    ['the day is the 32nd', 'cron(0 3 32 * ? *)'],
    ['the month is unknown', 'cron(0 3 1 FOO ? *)'],
    ['the weekday is the eighth', 'cron(0 3 ? * 8 *)'],
    ['the weekday is the sixth of its kind in a month', 'cron(0 3 ? * 2#6 *)'],
    ['a range runs backwards', 'cron(0 20-8 * * ? *)'],
    ['a range has three ends', 'cron(0 1-2-3 * * ? *)'],
    ['it names the nearest weekday, which Secrets Manager does not know', 'cron(0 3 1W * ? *)'],
    ['there is no such day', 'cron(0 3 31 2 ? *)'],
    ['it is something else', 'every sunday'],
  ])('is none when %s', (_case, expression) => {
    expect(readSchedule(expression)).toBeUndefined();
  });
});
