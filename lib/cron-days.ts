/** A calendar day in UTC, as a cron expression looks at it. */
interface Day {
  /** 1 to 31. */
  readonly dayOfMonth: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 is Sunday, 7 is Saturday. */
  readonly dayOfWeek: number;
  readonly daysInMonth: number;
}

export type DayTest = (day: Day) => boolean;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const SATURDAY = 7;
const DAYS_IN_WEEK = 7;
const NTH_MAX = 5;

interface Range {
  readonly min: number;
  readonly max: number;
  /** Names of the values, from `min` on. */
  readonly names?: readonly string[];
}

/**
 * The values that a cron field stands for: `*`, `5`, `1-5`, `MON-FRI`, `4/12`, a list of these.
 *
 * @returns undefined where the field is none of that, or goes beyond the range
 */
export function fieldValues(field: string, range: Range): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const span = itemSpan(item, range);
    if (span === undefined) return undefined;
    for (let value = span.from; value <= span.to; value += span.step) values.add(value);
  }
  return values;
}

/** Whether a month matches, or undefined where the field is not one that Secrets Manager takes. */
export function monthTest(field: string): DayTest | undefined {
  const months = fieldValues(field, { min: 1, max: 12, names: MONTHS });
  return months && (({ month }) => months.has(month));
}

/** The same for days of the month: also `?`, and `L` for the last one. */
export function dayOfMonthTest(field: string): DayTest | undefined {
  if (field === '?') return () => true;
  if (field === 'L') return ({ dayOfMonth, daysInMonth }) => dayOfMonth === daysInMonth;
  const days = fieldValues(field, { min: 1, max: 31 });
  return days && (({ dayOfMonth }) => days.has(dayOfMonth));
}

/** The same for days of the week: also `?`, `L` (Saturday), `6L` (the month's last Friday), `6#3` (its third one). */
export function dayOfWeekTest(field: string): DayTest | undefined {
  if (field === '?') return () => true;
  if (field === 'L') return ({ dayOfWeek }) => dayOfWeek === SATURDAY;
  const [, weekday = '', kind, nth = ''] = /^([A-Z]{3}|\d)(?:(L)|#(\d))$/.exec(field) ?? [];
  const range = { min: 1, max: DAYS_IN_WEEK, names: WEEKDAYS };
  if (weekday === '') {
    const days = fieldValues(field, range);
    return days && (({ dayOfWeek }) => days.has(dayOfWeek));
  }
  const wanted = valueOf(weekday, range);
  if (wanted === undefined) return undefined;
  if (kind === 'L') {
    return ({ dayOfWeek, dayOfMonth, daysInMonth }) =>
      dayOfWeek === wanted && dayOfMonth + DAYS_IN_WEEK > daysInMonth;
  }
  const which = valueOf(nth, { min: 1, max: NTH_MAX });
  return which === undefined
    ? undefined
    : ({ dayOfWeek, dayOfMonth }) =>
        dayOfWeek === wanted && Math.ceil(dayOfMonth / DAYS_IN_WEEK) === which;
}

function itemSpan(
  item: string,
  range: Range,
): { readonly from: number; readonly to: number; readonly step: number } | undefined {
  const [span = '', stepText, ...rest] = item.split('/');
  const step = stepText === undefined ? 1 : valueOf(stepText, { min: 1, max: range.max });
  const [fromText = '', toText, ...more] = span.split('-');
  const from = fromText === '*' ? range.min : valueOf(fromText, range);
  const end = fromText === '*' || stepText !== undefined ? range.max : from;
  const to = toText === undefined ? end : valueOf(toText, range);
  if (step === undefined || from === undefined || to === undefined || to < from) return undefined;
  return rest.length > 0 || more.length > 0 ? undefined : { from, to, step };
}

function valueOf(text: string, { min, max, names = [] }: Range): number | undefined {
  const named = names.indexOf(text);
  const value = named >= 0 ? named + min : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}
