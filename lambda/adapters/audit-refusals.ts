import type { Entry } from '../audit/entry.ts';
import { refusalOfKey, refusalsPrefix, type Refusal } from '../audit/refusal-key.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { AuditTrail, RefusedLogins } from '../ports/audit-trail.ts';
import { newestEntries } from './audit-newest.ts';

/** More than any budget of refused logins that a server's own limit leaves room for. */
const LISTED_MAX = 200;

/** When what was refused before stopped to count, in milliseconds since 1970. */
interface Marks {
  readonly proven: Map<string, number>;
  readonly cleared: Map<string, number>;
}

/**
 * Counts the refused logins of each database by their index. Entries are read only where the index alone says that some
 * budget may be spent: for the last login that was proven, and for the last time that a person cleared the refusals.
 */
export async function countRefusedLogins(
  { store, prefix }: { readonly store: AuditStore; readonly prefix: string },
  { sinceMs, enough }: Parameters<AuditTrail['refusedLogins']>[0],
): Promise<ReadonlyMap<string, RefusedLogins>> {
  const keys = await store.keys({ prefix: refusalsPrefix(prefix), limit: LISTED_MAX });
  const refusals = keys.flatMap((key) => refusalOfKey(prefix, key) ?? []);
  const subjects = new Set(refusals.map(({ subject }) => subject));
  const timesOf = (subject: string): readonly number[] => timesIn(refusals, subject);
  const doubtful = [...subjects].filter((subject) => timesOf(subject).length >= enough);
  const marks = await findMarks({ store, prefix, sinceMs, subjects: doubtful });
  return new Map(
    [...subjects].map((subject) => [
      subject,
      countOf(timesOf(subject), { subject, sinceMs, marks }),
    ]),
  );
}

function timesIn(refusals: readonly Refusal[], wanted: string): readonly number[] {
  return refusals.flatMap(({ subject, timeMs }) => (subject === wanted ? [timeMs] : []));
}

function countOf(
  times: readonly number[],
  { subject, sinceMs, marks }: { subject: string; sinceMs: number; marks: Marks },
): RefusedLogins {
  const clearedMs = marks.cleared.get(subject) ?? -Infinity;
  const provenMs = marks.proven.get(subject) ?? -Infinity;
  return {
    recent: times.filter((timeMs) => timeMs >= sinceMs && timeMs > clearedMs).length,
    inARow: times.filter((timeMs) => timeMs > provenMs && timeMs > clearedMs).length,
  };
}

/** Both are looked for in the newest entries only: where none is there, all that the index lists counts. */
async function findMarks({
  subjects,
  sinceMs,
  ...trail
}: {
  readonly sinceMs: number;
  readonly store: AuditStore;
  readonly prefix: string;
  readonly subjects: readonly string[];
}): Promise<Marks> {
  const marks: Marks = { proven: new Map(), cleared: new Map() };
  if (subjects.length === 0) return marks;
  for await (const entry of newestEntries(trail)) {
    // Clearing matters to both counts, proving to what is refused in a row.
    const isOld = Date.parse(entry.time) < sinceMs;
    if (isOld && subjects.every((subject) => marks.proven.has(subject))) break;
    note(marks, entry);
  }
  return marks;
}

/** Newest first, so the first that is seen is the last that was made. */
function note({ proven, cleared }: Marks, { event, subject, time }: Entry): void {
  const timeMs = Date.parse(time);
  if (event === 'proven' && !proven.has(subject)) proven.set(subject, timeMs);
  if (event === 'refusals-cleared' && !cleared.has(subject)) cleared.set(subject, timeMs);
}
