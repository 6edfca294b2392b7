/**
 * What happens to one rotation:
 * - `clean`: nothing fails;
 * - `crash after …`: the function dies after it has done the step and before it can say so; the service starts over;
 * - `setSecret twice`: one call after the other; `… at once`: two at the same time, in two processes;
 * - `abandoned`: after setSecret a person cancels the rotation, takes AWSPENDING off it and rotates again.
 */
export const ROTATION_KINDS = [
  'clean',
  'crash after setSecret',
  'abandoned',
  'setSecret twice',
  'crash after testSecret',
  'setSecret twice at once',
  'crash after createSecret',
  'crash after finishSecret',
] as const;
export type RotationKind = (typeof ROTATION_KINDS)[number];

/** The faults come in turn, each with a clean rotation after it. */
export function planRotations(count: number): readonly RotationKind[] {
  const faults = ROTATION_KINDS.slice(1);
  return Array.from({ length: count }, (_, index) => {
    if (index % 2 === 1) return 'clean';
    return faults[(index / 2) % faults.length] ?? 'clean';
  });
}

/** One rotation as it went. Times are milliseconds since the epoch. */
export interface RotationRecord {
  readonly kind: RotationKind;
  readonly startedMs: number;
  readonly endedMs: number;
  /** Why it did not end well; left out where it did. */
  readonly failure?: string;
}
