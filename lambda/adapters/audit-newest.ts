import { decodeEntry } from '../audit/encoding.ts';
import { EntryFormatError, type Entry } from '../audit/entry.ts';
import { entriesPrefix } from '../audit/object-key.ts';
import type { AuditStore } from '../ports/audit-store.ts';

/** Read side by side; a day in which little happens fits into the first page. */
const ENTRIES_A_PAGE = 25;
const ENTRIES_MAX = 500;

/**
 * The entries of a trail, newest first. They are taken as they are: what is no entry is passed over, and
 * is for the verification to find.
 *
 * @param max so many and no more
 * @param sinceMs none that is older, in milliseconds since 1970; nor any behind one that is
 * @throws AuditError when the trail cannot be read
 */
export async function* newestEntries({
  store,
  prefix,
  max = ENTRIES_MAX,
  sinceMs = -Infinity,
}: {
  readonly store: AuditStore;
  readonly prefix: string;
  readonly max?: number;
  readonly sinceMs?: number;
}): AsyncGenerator<Entry> {
  let after: string | undefined;
  for (let seen = 0; seen < max; seen += ENTRIES_A_PAGE) {
    const keys = await store.keys({
      prefix: entriesPrefix(prefix),
      limit: Math.min(ENTRIES_A_PAGE, max - seen),
      ...(after === undefined ? {} : { after }),
    });
    const objects = await Promise.all(keys.map(async (key) => await store.read(key)));
    for (const entry of objects.flatMap((object) => decodable(object?.body))) {
      if (Date.parse(entry.time) < sinceMs) return;
      yield entry;
    }
    after = keys.at(-1);
    if (after === undefined) return;
  }
}

function decodable(body: string | undefined): readonly Entry[] {
  if (body === undefined) return [];
  try {
    return [decodeEntry(body)];
  } catch (error) {
    if (error instanceof EntryFormatError) return [];
    throw error;
  }
}
