import type { Rotation } from './rotation-history.ts';

/** How a rotation left a database or vault, by the last entry that says so. */
export type SubjectState =
  'published' | 'changed' | 'proven' | 'staged' | 'restored' | 'failed' | 'refused';

const STATES: ReadonlyMap<string, SubjectState> = new Map<string, SubjectState>([
  ['promoted', 'published'],
  ['mirror-levelled', 'published'],
  ['changed', 'changed'],
  ['proven', 'proven'],
  ['staged', 'staged'],
  ['restored', 'restored'],
  ['restore-failed', 'failed'],
  ['change-failed', 'failed'],
  ['step-failed', 'failed'],
  ['login-refused', 'refused'],
]);

/** The state of each database and vault that the rotation has said something of. */
export function subjectStates({ attempts, subjects }: Rotation): ReadonlyMap<string, SubjectState> {
  const entries = attempts.flatMap((attempt) => attempt.entries);
  const states = new Map<string, SubjectState>();
  for (const subject of subjects) {
    const own = entries.filter((entry) => entry.subject === subject);
    const last = own.findLast(({ event }) => STATES.has(event));
    const state = STATES.get(last?.event ?? '');
    if (state !== undefined) states.set(subject, state);
  }
  return states;
}
