import { AwsServiceError } from './service-error.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const RATE_DAYS_MAX = 999;
const INTERVAL_HOURS_MIN = 4;
/** No schedule is more than a year apart, leap day included. */
const SEARCH_DAYS_MAX = 4 * 366;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** When rotation windows open, and how long they may at most be. */
export interface Schedule {
  /** The opening of the first window after `since`, epoch milliseconds. */
  nextWindow(since: number): number | undefined;
  /** How long a window stays open unless a Duration says otherwise, and the most a Duration may say. */
  readonly defaultHours: number;
  readonly hoursMax: number;
}

/**
 * Parses a rate() or cron() expression under the rules of "Rotation schedules" in the Secrets Manager
 * User Guide: UTC; at most every four hours, at least every 999 days; cron minutes 0, year `*`, one of
 * the two day fields `?`.
 *
 * @throws {AwsServiceError} InvalidParameterException for any other; its wording is not AWS's.
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (hours?|days?)\)$/.exec(expression);
  if (rate !== null) return rateSchedule(Number(rate[1]), rate[2]?.startsWith('h') === true);
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.split(' ');
  if (fields?.length !== 6) throw refused('it must be rate(…) or cron(…) with six fields');
  return cronSchedule(fields as [string, string, string, string, string, string]);
}

function rateSchedule(count: number, inHours: boolean): Schedule {
  if (inHours && count < INTERVAL_HOURS_MIN) throw refused('the shortest interval is 4 hours');
  if (count < 1 || count > (inHours ? 24 * RATE_DAYS_MAX : RATE_DAYS_MAX)) {
    throw refused('the interval must be 1 to 999 days');
  }
  const unitMs = inHours ? HOUR_MS : DAY_MS;
  return {
    nextWindow: (since) => since - (since % unitMs) + count * unitMs,
    defaultHours: inHours ? 1 : 24,
    hoursMax: inHours ? Math.min(count, 24) : 24,
  };
}

function cronSchedule(fields: readonly [string, string, string, string, string, string]): Schedule {
  const [minutes, hourField, dayField, monthField, weekdayField, year] = fields;
  if (minutes !== '0') throw refused('minutes must be 0');
  if (year !== '*') throw refused('year must be *');
  if ((dayField === '?') === (weekdayField === '?')) throw refused('one day field must be ?');
  const hours = [...expand(hourField, { min: 0, max: 23 })].sort((one, other) => one - other);
  const gaps = hours.map((hour, index) => (hours[index + 1] ?? 24 + (hours[0] ?? 0)) - hour);
  const gapMin = Math.min(...gaps);
  if (gapMin < INTERVAL_HOURS_MIN) throw refused('the shortest interval is 4 hours');
  const months = expand(monthField, { min: 1, max: 12, names: MONTHS });
  const isDay = dayField === '?' ? weekdayMatcher(weekdayField) : dayMatcher(dayField);
  const untilMidnight = 24 - (hours.at(-1) ?? 0);
  const nextWindow = (since: number): number | undefined => {
    const today = since - (since % DAY_MS);
    for (let day = today; day < today + SEARCH_DAYS_MAX * DAY_MS; day += DAY_MS) {
      const date = new Date(day);
      if (!months.has(date.getUTCMonth() + 1) || !isDay(date)) continue;
      const hour = hours.find((candidate) => day + candidate * HOUR_MS > since);
      if (hour !== undefined) return day + hour * HOUR_MS;
    }
    return undefined;
  };
  const hoursMax = Math.min(gapMin, untilMidnight);
  return { nextWindow, defaultHours: hours.length > 1 ? 1 : untilMidnight, hoursMax };
}

function dayMatcher(field: string): (date: Date) => boolean {
  if (field === 'L') return (date) => new Date(date.getTime() + DAY_MS).getUTCDate() === 1;
  const days = expand(field, { min: 1, max: 31 });
  return (date) => days.has(date.getUTCDate());
}

function weekdayMatcher(field: string): (date: Date) => boolean {
  const special = /^(\w+?)(?:#([1-5])|L)$/.exec(field);
  const names = { min: 1, max: 7, names: WEEKDAYS };
  const weekdays = expand(field === 'L' ? 'SAT' : (special?.[1] ?? field), names);
  const nth = special?.[2] === undefined ? undefined : Number(special[2]);
  return (date) => {
    if (!weekdays.has(date.getUTCDay() + 1)) return false;
    if (nth !== undefined) return Math.ceil(date.getUTCDate() / 7) === nth;
    if (special === null) return true;
    return new Date(date.getTime() + 7 * DAY_MS).getUTCMonth() !== date.getUTCMonth();
  };
}

/** The values of one cron field: `*`, values, ranges and steps, separated by commas. */
function expand(
  field: string,
  { min, max, names = [] }: { min: number; max: number; names?: readonly string[] },
): Set<number> {
  const valueOf = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const value = named >= 0 ? named + min : Number(text);
    if (!/^\w+$/.test(text) || !Number.isInteger(value) || value < min || value > max) {
      throw refused(`${field} is not in the range ${min}-${max}`);
    }
    return value;
  };
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', stepText] = part.split('/');
    const [first = '', last] = range.split('-');
    const from = first === '*' ? min : valueOf(first);
    const openEnd = first === '*' || stepText !== undefined;
    const to = last === undefined ? (openEnd ? max : from) : valueOf(last);
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) throw refused(`${field} has a bad step`);
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

function refused(why: string): AwsServiceError {
  return new AwsServiceError('InvalidParameterException', `Invalid ScheduleExpression: ${why}.`);
}
