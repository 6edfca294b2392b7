import { verifyChain, type ChainExpectations, type StoredObject } from '../audit/chain.ts';
import { FINDINGS_MAX, type ChainReport, type Notice } from '../audit/chain-report.ts';
import type { Entry } from '../audit/entry.ts';
import { entriesPrefix, objectKey, sequenceOfKey } from '../audit/object-key.ts';
import { compareRefusals } from '../audit/refusal-index.ts';
import { refusalsPrefix } from '../audit/refusal-key.ts';
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
 * What the index of refused logins and the entries do not say alike is a notice.
 *
 * @throws AuditError when the trail or the key cannot be read
 * @throws ConfigurationError when the key does not fit
 */
export async function verifyTrail(trail: TrailToVerify): Promise<ChainReport> {
  const { key, store, prefix, onEntry, ...expectations } = trail;
  const refused: Entry[] = [];
  const before = await refusalKeys(store, prefix);
  const report = await verifyChain(
    storedObjects(store, prefix),
    (message, mac) => key.verify(message, mac),
    {
      prefix,
      ...expectations,
      onEntry: (entry) => {
        if (entry.event === 'login-refused') refused.push(entry);
        onEntry?.(entry);
      },
    },
  );
  const after = await refusalKeys(store, prefix);
  return withNotices(report, compareRefusals({ prefix, before, after }, refused));
}

function withNotices(report: ChainReport, more: readonly Notice[]): ChainReport {
  const notices = [...report.notices, ...more].slice(0, FINDINGS_MAX);
  return { ...report, notices, noticeCount: report.noticeCount + more.length };
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
  for await (const key of keysOf(store, entriesPrefix(prefix))) {
    const sequence = sequenceOfKey(prefix, key);
    if (sequence === undefined) strays.push(key);
    else sequences.push(sequence);
  }
  return { sequences, strays };
}

async function refusalKeys(store: AuditStore, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const key of keysOf(store, refusalsPrefix(prefix))) keys.push(key);
  return keys;
}

async function* keysOf(store: AuditStore, prefix: string): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const range = { prefix, limit: KEYS_A_PAGE, ...(after === undefined ? {} : { after }) };
    const page = await store.keys(range);
    yield* page;
    after = page.at(-1);
  } while (after !== undefined);
}
