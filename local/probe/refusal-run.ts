import type { Attempt } from './attempt.ts';

/** A stretch in which one application was refused: a window, as far as ticks can tell. */
export interface RefusalRun {
  /** When its first refused tick was due. */
  readonly startMs: number;
  /** When the first tick that was accepted again was due. */
  readonly endMs: number;
  readonly refused: number;
}

/**
 * The stretches in which one application was refused. They are told by when the ticks were due, not by when they were
 * answered, and each is exact to one interval at either end. What is neither accepted nor refused does not end a run.
 *
 * @param attempts of one application, in whatever order
 * @param untilMs where a run that nothing ends is cut off
 */
export function refusalRuns(attempts: readonly Attempt[], untilMs: number): readonly RefusalRun[] {
  const runs: RefusalRun[] = [];
  let open: { startMs: number; refused: number } | undefined;
  for (const { outcome, dueMs } of attempts.toSorted((one, other) => one.dueMs - other.dueMs)) {
    if (outcome === 'refused') {
      open ??= { startMs: dueMs, refused: 0 };
      open.refused += 1;
    } else if (outcome === 'accepted' && open !== undefined) {
      runs.push({ ...open, endMs: dueMs });
      open = undefined;
    }
  }
  return open === undefined ? runs : [...runs, { ...open, endMs: untilMs }];
}
