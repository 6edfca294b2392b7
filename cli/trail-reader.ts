import { decodeEntry } from '../lambda/audit/encoding.ts';
import type { Entry } from '../lambda/audit/entry.ts';
import { entriesPrefix, sequenceOfKey } from '../lambda/audit/object-key.ts';
import type { AuditStore } from '../lambda/ports/audit-store.ts';

/** A rotation leaves about fifteen entries, a failing one up to thirty. */
const ENTRIES_READ_MAX = 100;

/**
 * Reads the newest entries of an audit trail as they come. They are taken as they are, unverified: this is for a display,
 * not for evidence.
 */
export class TrailReader {
  readonly #store: AuditStore;
  readonly #prefix: string;
  #lastSequence = 0;

  constructor({ store, prefix }: { readonly store: AuditStore; readonly prefix: string }) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** Passes over everything that is there by now. @throws AuditError when the trail cannot be read */
  async skipToEnd(): Promise<void> {
    const [newest] = await this.#newest(1);
    this.#lastSequence = newest?.sequence ?? 0;
  }

  /** The entries since the last call, oldest first; the newest 100 at most. @throws AuditError, EntryFormatError */
  async next(): Promise<readonly Entry[]> {
    const found = (await this.#newest(ENTRIES_READ_MAX)).filter(
      ({ sequence }) => sequence > this.#lastSequence,
    );
    const objects = await Promise.all(found.map(async ({ key }) => await this.#store.read(key)));
    this.#lastSequence = found[0]?.sequence ?? this.#lastSequence;
    return objects
      .flatMap((object) => (object === undefined ? [] : [decodeEntry(object.body)]))
      .toReversed();
  }

  /** Keys sort newest first. */
  async #newest(limit: number): Promise<readonly { key: string; sequence: number }[]> {
    const keys = await this.#store.keys({ prefix: entriesPrefix(this.#prefix), limit });
    return keys.flatMap((key) => {
      const sequence = sequenceOfKey(this.#prefix, key);
      return sequence === undefined ? [] : [{ key, sequence }];
    });
  }
}
