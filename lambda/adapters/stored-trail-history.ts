import { decodeEntry } from '../audit/encoding.ts';
import { EntryFormatError } from '../audit/entry.ts';
import { fingerprintOfMac, fingerprintText } from '../audit/fingerprint.ts';
import { entriesPrefix } from '../audit/object-key.ts';
import type { Credential } from '../domain/credential.ts';
import type { TrailEntry, TrailHistory } from '../ports/trail-history.ts';
import { countRefusedLogins } from './audit-refusals.ts';
import { readTip, type TrailPlace } from './audit-tip.ts';

/** Reads a trail of `ChainedAuditTrail`; it never writes. */
export class StoredTrailHistory implements TrailHistory {
  readonly #place: TrailPlace & { readonly rotation: string };

  constructor(place: TrailPlace & { readonly rotation: string }) {
    this.#place = place;
  }

  async recent(limit: number): Promise<readonly TrailEntry[]> {
    const { store, prefix } = this.#place;
    const keys = await store.keys({ prefix: entriesPrefix(prefix), limit });
    const objects = await Promise.all(keys.map(async (key) => await store.read(key)));
    return objects.flatMap((object) => (object === undefined ? [] : readable(object.body)));
  }

  async refusedLogins(
    query: Parameters<TrailHistory['refusedLogins']>[0],
  ): ReturnType<TrailHistory['refusedLogins']> {
    return await countRefusedLogins(this.#place, query);
  }

  async fingerprint({ username, password }: Credential): Promise<string> {
    const text = fingerprintText({ username, password: password.reveal() });
    return fingerprintOfMac((await this.#place.key.sign(text)).value);
  }

  async verifyTip(): Promise<number> {
    return (await readTip(this.#place)).sequence;
  }
}

/** What is no entry is for the verification to find. */
function readable(body: string): readonly TrailEntry[] {
  try {
    const { time, event, subject, step, versionId, error } = decodeEntry(body);
    return [{ timeMs: Date.parse(time), event, subject, step, versionId, error }];
  } catch (error) {
    if (error instanceof EntryFormatError) return [];
    throw error;
  }
}
