import { entriesPrefix, sequenceOfKey } from '../audit/object-key.ts';
import type { AsideTime } from '../domain/aside-time.ts';
import type { AuditCopies, CaughtUp } from '../ports/audit-copies.ts';
import type { AuditObject, AuditStore } from '../ports/audit-store.ts';
import type { CopyStore } from '../ports/copy-store.ts';

/** What an invocation waits at most for its last copy. */
export const COPY_MAX_MS = 3_000;
/** What it waits at most while missing copies are made up for. */
export const CATCH_UP_MAX_MS = 5_000;
/** A rotation leaves some fifteen entries. */
export const CATCH_UP_COPIES_MAX = 100;
/** What both services list in one call. */
const KEYS_A_PAGE = 1_000;
/** A year of rotations every day. What is older is for `lockstep audit verify --copies` to find. */
const PAGES_MAX = 5;
const COPIES_AT_ONCE = 8;
/** With less there is no use in beginning with some more. */
const ROUND_MIN_MS = 1_000;

export interface TrailCopiesOptions {
  /** The trail's own, made with the first call. Its calls have the time of `time`. */
  readonly source: () => Promise<Pick<AuditStore, 'read' | 'keys'>>;
  /** Likewise. */
  readonly target: () => Promise<CopyStore>;
  /** Of the trail, ending in `/`. */
  readonly prefix: string;
  readonly time: AsideTime;
}

/** Copies the entries of a trail. Nothing of it outlives `COPY_MAX_MS` or `CATCH_UP_MAX_MS`. */
export class TrailCopies implements AuditCopies {
  readonly #options: TrailCopiesOptions;

  constructor(options: TrailCopiesOptions) {
    this.#options = options;
  }

  async copy(entry: AuditObject): Promise<void> {
    const { target, time } = this.#options;
    time.begin(COPY_MAX_MS);
    await (await target()).put(entry);
  }

  async catchUp(): Promise<CaughtUp> {
    const { time } = this.#options;
    time.begin(CATCH_UP_MAX_MS);
    const found = await this.#missing();
    const missing = found.slice(0, CATCH_UP_COPIES_MAX);
    let copied = 0;
    let failure: unknown;
    for (let start = 0; start < missing.length; start += COPIES_AT_ONCE) {
      if (!time.budget.has(ROUND_MIN_MS)) break;
      const keys = missing.slice(start, start + COPIES_AT_ONCE);
      const outcomes = await Promise.allSettled(keys.map((key) => this.#copyOf(key)));
      const failures = outcomes.flatMap((one) => (one.status === 'rejected' ? [one] : []));
      copied += keys.length - failures.length;
      failure ??= failures[0]?.reason;
      // Nothing gets through, so the others would not either.
      if (failures.length === keys.length) break;
    }
    return { copied, missing: found.length - copied, failure };
  }

  /** Not all of them, where they are more than are copied at once. Both places list by the bytes of the keys, so that a page of one is a range of the other. */
  async #missing(): Promise<readonly string[]> {
    const { prefix } = this.#options;
    const [source, target] = await Promise.all([this.#options.source(), this.#options.target()]);
    const missing: string[] = [];
    let after: string | undefined;
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const range = { prefix: entriesPrefix(prefix), limit: KEYS_A_PAGE, ...(after && { after }) };
      const [kept, copied] = await Promise.all([source.keys(range), target.keys(range)]);
      const isCopied = new Set(copied);
      missing.push(
        ...kept.filter((key) => !isCopied.has(key) && sequenceOfKey(prefix, key) !== undefined),
      );
      after = kept.at(-1);
      if (after === undefined || missing.length >= CATCH_UP_COPIES_MAX) break;
    }
    return missing;
  }

  async #copyOf(key: string): Promise<void> {
    const [source, target] = await Promise.all([this.#options.source(), this.#options.target()]);
    const entry = await source.read(key);
    // Nobody deletes entries but who may bypass the lock; there is nothing left to copy then.
    if (entry !== undefined) await target.put(entry);
  }
}
