import { createHash } from 'node:crypto';
import { type PinRecord, readPins, writePins } from './pinned-roots.ts';
import { type RdsRoot, rdsRoots } from './rds-root.ts';

type Pin = PinRecord['roots'][number];

/** The pinned certificates are as they were; the message says why. */
export class RefreshError extends Error {
  override readonly name = 'RefreshError';
}

export interface RefreshOrder {
  /** The bundle, as Amazon publishes it. */
  readonly bundle: string;
  /** Where it came from: a URL, or a package with its version. */
  readonly source: string;
  /** Where the pinned certificates lie. */
  readonly folder: string;
  /** The moment, in milliseconds of Unix time. */
  readonly nowMs: number;
  /** Also where a certificate that has not ended is no longer in the bundle. */
  readonly allowsRemoval: boolean;
}

export interface Refreshed {
  readonly added: readonly Pin[];
  readonly removed: readonly Pin[];
  readonly total: number;
}

/**
 * Pins the root certificates of a bundle in place of those that are pinned. Who runs it compares the fingerprints of what
 * was added with a second source before committing them: whoever holds such a root can pose as a database.
 *
 * @throws RefreshError when the bundle holds no root of Amazon RDS, or lacks a pinned one that has not ended: a truncated
 *   download would lock rotations out of a region
 */
export function refresh({ bundle, source, folder, nowMs, allowsRemoval }: RefreshOrder): Refreshed {
  const roots = rdsRoots(bundle, { nowMs });
  if (roots.length === 0) {
    throw new RefreshError(`${source} holds no root certificate of Amazon RDS`);
  }
  const before = readPins(folder)?.roots ?? [];
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const removed = without(before, roots);
  const missing = removed.filter(({ lastDay }) => lastDay > today);
  if (missing.length > 0 && !allowsRemoval) {
    const names = missing.map(({ region, kind }) => `${region} ${kind}`).join(', ');
    throw new RefreshError(
      `${source} lacks pinned certificates that have not ended: ${names}; if Amazon withdrew them, run again with --allow-removal`,
    );
  }
  writePins(folder, {
    source,
    sourceSha256: createHash('sha256').update(bundle).digest('hex'),
    pinnedOn: today,
    roots,
  });
  return { added: without(roots, before), removed, total: roots.length };
}

function without<Item extends Pin | RdsRoot>(
  items: readonly Item[],
  others: readonly (Pin | RdsRoot)[],
): readonly Item[] {
  const known = new Set(others.map(({ fingerprint }) => fingerprint));
  return items.filter(({ fingerprint }) => !known.has(fingerprint));
}
