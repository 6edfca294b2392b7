import type { RefusalRun } from './refusal-run.ts';
import type { RotationRecord } from './rotation-kind.ts';
import { spreadOf, type Spread } from './spread.ts';

/** How long one application was refused because of each rotation, in milliseconds: 0 where it was not. */
export function windowsOf(
  runs: readonly RefusalRun[],
  rotations: readonly RotationRecord[],
): readonly { readonly rotation: RotationRecord; readonly windowMs: number }[] {
  return rotations.map((rotation, index) => {
    const nextMs = rotations[index + 1]?.startedMs ?? Infinity;
    const own = runs.filter(({ startMs }) => startMs >= rotation.startedMs && startMs < nextMs);
    const windowMs = own.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
    return { rotation, windowMs };
  });
}

/** Of the rotations in which nothing failed. Undefined where there was none. */
export function cleanWindow(
  runs: readonly RefusalRun[],
  rotations: readonly RotationRecord[],
): Spread | undefined {
  const clean = windowsOf(runs, rotations).filter(({ rotation: { kind } }) => kind === 'clean');
  return spreadOf(clean.map(({ windowMs }) => windowMs));
}
