import type { Notice } from './chain-report.ts';
import type { Entry } from './entry.ts';
import { refusalOfKey, type IndexedRefusal } from './refusal-key.ts';

/**
 * Compares the index of refused logins with the entries that tell of the same. The budget of refused logins counts by the
 * index alone, which nothing signs: an object too many keeps a rotation from logging in, one that is gone lets it log in
 * once more. Neither makes the trail wrong: a step whose entry, or whose object, could not be kept leaves the same behind.
 *
 * @param index.before its keys as they were before the entries were read, and `after`: a login may be refused meanwhile
 * @param entries the authentic ones, of any event, oldest first
 */
export function compareRefusals(
  index: {
    readonly prefix: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
  },
  entries: readonly Entry[],
): readonly Notice[] {
  const told = entries.filter(({ event }) => event === 'login-refused');
  const inEntries = new Set(
    told.map((entry) => nameOf({ ...entry, timeMs: Date.parse(entry.time) })),
  );
  const after = index.after.flatMap((key) => refusalOfKey(index.prefix, key) ?? []);
  const inIndex = new Set(after.map(nameOf));
  return [
    ...index.before.flatMap((key) => unrecorded(key, refusalOfKey(index.prefix, key), inEntries)),
    ...told.flatMap((entry) => uncounted(entry, inIndex)),
  ];
}

function unrecorded(
  key: string,
  refusal: IndexedRefusal | undefined,
  inEntries: ReadonlySet<string>,
): readonly Notice[] {
  if (refusal !== undefined && inEntries.has(nameOf(refusal))) return [];
  const message = `no entry tells of the refused login that ${key} counts`;
  return [{ kind: 'unrecorded-refusal', sequence: undefined, message }];
}

function uncounted(entry: Entry, inIndex: ReadonlySet<string>): readonly Notice[] {
  const { subject, sequence, time } = entry;
  if (inIndex.has(nameOf({ ...entry, timeMs: Date.parse(time) }))) return [];
  const message = `no object counts the login that ${subject} refused`;
  return [{ kind: 'uncounted-refusal', sequence, message }];
}

function nameOf({ subject, timeMs, requestId }: IndexedRefusal): string {
  return `${timeMs} ${subject} ${requestId}`;
}
