import {
  dayOfMonthTest,
  dayOfWeekTest,
  fieldValues,
  monthTest,
  type DayTest,
} from './cron-days.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** A day in every month of every kind of year comes by: the calendar of days, months and leap years repeats after it. */
const CALENDAR_DAYS = 365 * 28 + 7;
const CALENDAR_START_MS = Date.UTC(2000, 0, 1);
const RATE = /^rate\((\d{1,4}) (hour|hours|day|days)\)$/;
const CRON = /^cron\(0 (\S+) (\S+) (\S+) (\S+) \*\)$/;

/** What a schedule expression says about the times at which rotation windows open. */
export interface ScheduleTimes {
  /** The shortest time from one opening to the next. */
  readonly gapMinMs: number;
  /** The longest one. */
  readonly gapMaxMs: number;
  /** The latest hour of a day at which a window opens, 0 to 23. */
  readonly lastHour: number;
}

/**
 * Reads `rate(…)` and `cron(…)` as Secrets Manager takes them: whole hours of UTC, minutes 0, any year. Its user guide,
 * "Schedule expressions in Secrets Manager rotation", lists the wildcards.
 *
 * @returns undefined where the expression is neither, or names no day that there is
 */
export function readSchedule(expression: string): ScheduleTimes | undefined {
  const rate = RATE.exec(expression);
  if (rate !== null) return readRate(Number(rate[1]), rate[2] ?? '');
  const cron = CRON.exec(expression);
  return cron === null ? undefined : readCron(cron.slice(1));
}

function readRate(count: number, unit: string): ScheduleTimes | undefined {
  if (count === 0) return undefined;
  const gapMs = count * (unit.startsWith('hour') ? HOUR_MS : DAY_MS);
  return { gapMinMs: gapMs, gapMaxMs: gapMs, lastHour: 0 };
}

function readCron(fields: readonly string[]): ScheduleTimes | undefined {
  const [hourField = '', dayField = '', monthField = '', weekdayField = ''] = fields;
  // One of the two must be "?", or it is not said which one counts.
  if ((dayField === '?') === (weekdayField === '?')) return undefined;
  const hours = fieldValues(hourField, { min: 0, max: 23 });
  const tests = [monthTest(monthField), dayOfMonthTest(dayField), dayOfWeekTest(weekdayField)];
  const known = tests.filter((test) => test !== undefined);
  if (hours === undefined || known.length < tests.length) return undefined;
  return gapsOf(
    [...hours].sort((one, other) => one - other),
    known,
  );
}

function gapsOf(hours: readonly number[], tests: readonly DayTest[]): ScheduleTimes | undefined {
  const openings = matchingDays(tests).flatMap((dayMs) =>
    hours.map((hour) => dayMs + hour * HOUR_MS),
  );
  const [first] = openings;
  if (first === undefined) return undefined;
  const ends = [...openings.slice(1), first + CALENDAR_DAYS * DAY_MS];
  let gapMinMs = Infinity;
  let gapMaxMs = 0;
  for (const [index, opening] of openings.entries()) {
    const gapMs = (ends[index] ?? opening) - opening;
    gapMinMs = Math.min(gapMinMs, gapMs);
    gapMaxMs = Math.max(gapMaxMs, gapMs);
  }
  return { gapMinMs, gapMaxMs, lastHour: hours.at(-1) ?? 0 };
}

function matchingDays(tests: readonly DayTest[]): readonly number[] {
  const days: number[] = [];
  for (let index = 0; index < CALENDAR_DAYS; index += 1) {
    const dayMs = CALENDAR_START_MS + index * DAY_MS;
    const date = new Date(dayMs);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    const day = {
      dayOfMonth: date.getUTCDate(),
      month: month + 1,
      dayOfWeek: date.getUTCDay() + 1,
      daysInMonth: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(),
    };
    if (tests.every((test) => test(day))) days.push(dayMs);
  }
  return days;
}
