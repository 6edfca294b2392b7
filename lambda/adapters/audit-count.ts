import { decodeEntry } from '../audit/encoding.ts';
import type { Entry } from '../audit/entry.ts';
import { EntryFormatError } from '../audit/entry.ts';
import { entriesPrefix } from '../audit/object-key.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { AuditStore } from '../ports/audit-store.ts';

/** Read side by side; a day in which little happens fits into the first page. */
const ENTRIES_A_PAGE = 25;
const PAGES_MAX = 20;

/** Counts entries of a trail, newest first, until one is older than asked for. See AuditTrail. */
export async function countBySubject(
  { store, prefix }: { readonly store: AuditStore; readonly prefix: string },
  { event, sinceMs }: Parameters<AuditTrail['countBySubject']>[0],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let after: string | undefined;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const keys = await store.keys({
      prefix: entriesPrefix(prefix),
      limit: ENTRIES_A_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    const objects = await Promise.all(keys.map(async (key) => await store.read(key)));
    const entries = objects.flatMap((object) => decodable(object?.body));
    const recent = entries.filter(({ time }) => Date.parse(time) >= sinceMs);
    for (const { subject } of recent.filter((entry) => entry.event === event)) {
      counts.set(subject, (counts.get(subject) ?? 0) + 1);
    }
    after = keys.at(-1);
    if (recent.length < entries.length || after === undefined) break;
  }
  return counts;
}

/** What is no entry is for the verification to find. */
function decodable(body: string | undefined): readonly Entry[] {
  if (body === undefined) return [];
  try {
    return [decodeEntry(body)];
  } catch (error) {
    if (error instanceof EntryFormatError) return [];
    throw error;
  }
}
