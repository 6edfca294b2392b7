import type { AuditStore } from '../ports/audit-store.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import { newestEntries } from './audit-newest.ts';

/** Counts entries of a trail, newest first, until one is older than asked for. See AuditTrail. */
export async function countBySubject(
  trail: { readonly store: AuditStore; readonly prefix: string },
  { event, sinceMs }: Parameters<AuditTrail['countBySubject']>[0],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const entry of newestEntries({ ...trail, sinceMs })) {
    if (entry.event !== event) continue;
    counts.set(entry.subject, (counts.get(entry.subject) ?? 0) + 1);
  }
  return counts;
}
