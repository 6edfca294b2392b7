/** How some durations lie, in milliseconds. */
export interface Spread {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** Undefined where there is nothing. */
export function spreadOf(durations: readonly number[]): Spread | undefined {
  const sorted = durations.toSorted((one, other) => one - other);
  const [minMs, maxMs] = [sorted[0], sorted.at(-1)];
  if (minMs === undefined || maxMs === undefined) return undefined;
  return { medianMs: quantile(sorted, 0.5), minMs, maxMs };
}

/**
 * The smallest duration that `share` of them do not exceed; the lower one of two in the middle.
 *
 * @param sorted not empty, ascending
 */
export function quantile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? NaN;
}
