const TICKS_MAX = 5;
const TIMES = 6;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const STEPS = [1, 2, 5, 10, 20, 30, 50, 60, 90, 100, 180, 200, 365, 500, 1_000, 2_000, 5_000];

/** Whole numbers from 0 to the first that is no less than `highest`: about four of them. */
export function valueTicks(highest: number): readonly number[] {
  const step = STEPS.find((one) => one * (TICKS_MAX - 1) >= highest) ?? Math.ceil(highest / 4);
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < highest || ticks.length < 2) ticks.push(ticks.length * step);
  return ticks;
}

export interface TimeTick {
  readonly timeMs: number;
  readonly label: string;
}

/** Six times between two, evenly apart, in UTC: the date, with the time of day where it is about few days. */
export function timeTicks(fromMs: number, toMs: number): readonly TimeTick[] {
  return Array.from({ length: TIMES }, (_, index) => {
    const timeMs = fromMs + ((index + 0.5) / TIMES) * (toMs - fromMs);
    return { timeMs, label: labelOf(new Date(timeMs).toISOString(), toMs - fromMs) };
  });
}

function labelOf(text: string, spanMs: number): string {
  if (spanMs < HOUR_MS) return text.slice(11, 19);
  if (spanMs < 3 * DAY_MS) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return text.slice(0, 10);
}
