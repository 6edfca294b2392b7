import type { Found } from './found.ts';

/** What came of some runs. */
export interface Tally {
  readonly runs: number;
  /** Faults, outages and acts of other people. */
  readonly incidents: number;
  readonly refusedLogins: number;
  /** Pairs of faults that were not run, being the same as others that were. */
  readonly merged: number;
  readonly violations: readonly Found[];
}

export const EMPTY_TALLY: Tally = {
  runs: 0,
  incidents: 0,
  refusedLogins: 0,
  merged: 0,
  violations: [],
};

export function sumOf(one: Tally, other: Tally): Tally {
  return {
    runs: one.runs + other.runs,
    incidents: one.incidents + other.incidents,
    refusedLogins: one.refusedLogins + other.refusedLogins,
    merged: one.merged + other.merged,
    violations: [...one.violations, ...other.violations],
  };
}
