import { verifyChain, type ChainExpectations, type StoredObject } from '../audit/chain.ts';
import type { ChainReport } from '../audit/chain-report.ts';
import { entriesPrefix, objectKey, sequenceOfKey } from '../audit/object-key.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { TrailPlace } from './audit-tip.ts';

/** What S3 lists in one call. */
const KEYS_A_PAGE = 1_000;
const READS_AT_ONCE = 8;

/** Look up `promotedVersionIds` before calling, or one that is promoted meanwhile seems to have no entry. */
export type TrailToVerify = TrailPlace & ChainExpectations;

/**
 * Reads a whole trail, oldest entry first, and reports what is wrong with it and how many entries there are.
 *
 * Entries written after the call began may be left out. Of each entry a number of 8 bytes is held at a time, never
 * its text.
 *
 * @throws AuditError when the trail or the key cannot be read
 * @throws ConfigurationError when the key does not fit
 */
export async function verifyTrail(trail: TrailToVerify): Promise<ChainReport> {
  const { key, store, prefix, ...expectations } = trail;
  return await verifyChain(
    storedObjects(store, prefix),
    (message, mac) => key.verify(message, mac),
    { prefix, ...expectations },
  );
}

async function* storedObjects(store: AuditStore, prefix: string): AsyncGenerator<StoredObject> {
  const { sequences, strays } = await listTrail(store, prefix);
  while (sequences.length > 0) {
    const keys = sequences
      .splice(-READS_AT_ONCE)
      .reverse()
      .map((one) => objectKey(prefix, one));
    const objects = await Promise.all(keys.map(async (key) => await store.read(key)));
    for (const [index, key] of keys.entries()) {
      // What was listed and is gone was deleted meanwhile: an empty text is no entry, and is reported as that.
      yield { key, body: objects[index]?.body ?? '' };
    }
  }
  for (const key of strays) yield { key, body: '' };
}

/** All sequences, newest first as their keys are listed, and the keys that are no entry's. */
async function listTrail(
  store: AuditStore,
  prefix: string,
): Promise<{ readonly sequences: number[]; readonly strays: readonly string[] }> {
  const sequences: number[] = [];
  const strays: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.keys({
      prefix: entriesPrefix(prefix),
      limit: KEYS_A_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const key of page) {
      const sequence = sequenceOfKey(prefix, key);
      if (sequence === undefined) strays.push(key);
      else sequences.push(sequence);
    }
    after = page.at(-1);
  } while (after !== undefined);
  return { sequences, strays };
}
