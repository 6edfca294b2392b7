import type { Notice } from './chain-report.ts';
import type { Entry } from './entry.ts';
import { refusalStem, stemOfKey } from './refusal-key.ts';

/**
 * Compares the index of refused logins with the entries that tell of the same. The budget of refused logins counts by the
 * index alone, which nothing signs: an object too many keeps a rotation from logging in, one that is gone lets it log in
 * once more. Neither makes the trail wrong: a step whose entry, or whose object, could not be kept leaves the same behind.
 *
 * @param index.before its keys as they were before the entries were read, and `after`: a login may be refused meanwhile
 * @param entries the authentic ones that tell of a refused login, oldest first
 */
export function compareRefusals(
  index: {
    readonly prefix: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
  },
  entries: readonly Entry[],
): readonly Notice[] {
  const told = entries.map((entry) => ({
    entry,
    stem: refusalStem(index.prefix, { ...entry, timeMs: Date.parse(entry.time) }),
  }));
  const inEntries = new Set(told.map(({ stem }) => stem));
  const inIndex = new Set(index.after.map(stemOfKey));
  return [
    ...index.before.filter((key) => !inEntries.has(stemOfKey(key))).map(unrecorded),
    ...told.filter(({ stem }) => !inIndex.has(stem)).map(({ entry }) => uncounted(entry)),
  ];
}

function unrecorded(key: string): Notice {
  const message = `no entry tells of the refused login that ${key} counts`;
  return { kind: 'unrecorded-refusal', sequence: undefined, message };
}

function uncounted({ subject, sequence }: Entry): Notice {
  const message = `no object counts the login that ${subject} refused`;
  return { kind: 'uncounted-refusal', sequence, message };
}
