import { linkAfter, type ChainLink } from '../audit/chain-link.ts';
import { encodeEntry, signedText } from '../audit/encoding.ts';
import { EntryFormatError, type Entry, type UnsignedEntry } from '../audit/entry.ts';
import { fingerprintOfMac, fingerprintText } from '../audit/fingerprint.ts';
import { objectKey } from '../audit/object-key.ts';
import { refusalKey } from '../audit/refusal-key.ts';
import type { AuditEvent } from '../domain/audit-event.ts';
import type { Credential } from '../domain/credential.ts';
import { AuditError } from '../domain/errors.ts';
import { isStep, type Operation, type OperatorTask, type Step } from '../domain/step.ts';
import type { Clock } from '../domain/time-budget.ts';
import type { AuditKey } from '../ports/audit-key.ts';
import type { AuditObject, AuditStore } from '../ports/audit-store.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import { countBySubject } from './audit-count.ts';
import { newestEntries } from './audit-newest.ts';
import { countRefusedLogins } from './audit-refusals.ts';
import { readTip } from './audit-tip.ts';

/** An attempt fails only because another invocation added an entry; one writes about ten in a step. */
export const APPEND_ATTEMPTS_MAX = 50;
/** After the entry of a commit come those of what is made level and retired, a few. */
const TOLD_AMONG_MAX = 10;
/** Its key tells all. S3's SDK warns of an empty body. */
const INDEXED = 'a refused login\n';

/** What a container remembers of the newest entry between invocations: `{ link: undefined }` at first. */
export interface AuditTip {
  link: ChainLink | undefined;
}

/** What all entries of one invocation say. */
export interface AuditContext {
  readonly rotation: string;
  readonly secretArn: string;
  readonly versionId: string;
  readonly step: Step | Operation | OperatorTask;
  readonly requestId: string;
  readonly functionVersion: string;
}

export interface ChainedAuditTrailOptions {
  readonly store: AuditStore;
  readonly key: AuditKey;
  /** Kept for the container, so that most entries cost one write. A wrong one is found out and read anew. */
  readonly tip: AuditTip;
  readonly context: AuditContext;
  readonly clock: Pick<Clock, 'now'>;
  /** Of the trail, ending in `/`. */
  readonly prefix: string;
  /** Told of every entry that is kept, at once. Must not throw. @default nobody is told */
  readonly onKept?: ((object: AuditObject) => void) | undefined;
}

/**
 * The trail of one rotation, each entry chained to the one before and signed.
 *
 * The object of an entry is named after its sequence and written once: whoever comes second links to the new tip and
 * writes again, so the chain never forks, however many invocations write at once.
 */
export class ChainedAuditTrail implements AuditTrail {
  readonly #store: AuditStore;
  readonly #key: AuditKey;
  readonly #tip: AuditTip;
  readonly #context: AuditContext;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #prefix: string;
  readonly #onKept: (object: AuditObject) => void;
  /** The append that was asked for last: each waits for the one before. Never rejects. */
  #last: Promise<void> = Promise.resolve();
  /** Indexed by this invocation. */
  #refusals = 0;

  constructor(options: ChainedAuditTrailOptions) {
    const { store, key, tip, context, clock, prefix } = options;
    this.#store = store;
    this.#key = key;
    this.#tip = tip;
    this.#context = context;
    this.#clock = clock;
    this.#prefix = prefix;
    this.#onKept = options.onKept ?? ((): void => undefined);
  }

  async append(event: AuditEvent): Promise<void> {
    const timeMs = this.#clock.now();
    const time = new Date(timeMs).toISOString();
    const appended = this.#last.then(() => this.#append(event, time));
    this.#last = appended.catch(() => undefined);
    const indexed = event.event === 'login-refused' ? this.#index(event, timeMs) : undefined;
    // The brake must count a refusal whose entry cannot be kept, so neither waits for the other.
    const outcomes = await Promise.allSettled([appended, indexed]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') throw outcome.reason as Error;
  }

  async countBySubject(
    query: Parameters<AuditTrail['countBySubject']>[0],
  ): ReturnType<AuditTrail['countBySubject']> {
    return await countBySubject({ store: this.#store, prefix: this.#prefix }, query);
  }

  async tells({ event, subject }: Parameters<AuditTrail['tells']>[0]): Promise<boolean> {
    const trail = { store: this.#store, prefix: this.#prefix, max: TOLD_AMONG_MAX };
    for await (const entry of newestEntries(trail)) {
      const { versionId } = this.#context;
      if (entry.event === event && entry.subject === subject && entry.versionId === versionId) {
        return true;
      }
    }
    return false;
  }

  async heardOf({ versionId, sinceMs }: Parameters<AuditTrail['heardOf']>[0]): Promise<boolean> {
    const trail = { store: this.#store, prefix: this.#prefix, sinceMs };
    for await (const entry of newestEntries(trail)) {
      if (entry.versionId === versionId && isStep(entry.step)) return true;
    }
    return false;
  }

  async refusedLogins(
    query: Parameters<AuditTrail['refusedLogins']>[0],
  ): ReturnType<AuditTrail['refusedLogins']> {
    return await countRefusedLogins({ store: this.#store, prefix: this.#prefix }, query);
  }

  async #index({ subject }: AuditEvent, timeMs: number): Promise<void> {
    const { requestId } = this.#context;
    this.#refusals += 1;
    const key = refusalKey(this.#prefix, { subject, timeMs, requestId }, this.#refusals);
    await this.#store.write({ key, body: INDEXED });
  }

  async #append(event: AuditEvent, time: string): Promise<void> {
    const said = await this.#entryOf(event, time);
    for (let attempt = 1; attempt <= APPEND_ATTEMPTS_MAX; attempt += 1) {
      this.#tip.link ??= await readTip({
        store: this.#store,
        key: this.#key,
        prefix: this.#prefix,
        rotation: this.#context.rotation,
      });
      const entry = await this.#sign({ ...said, ...linkAfter(this.#tip.link) });
      const object = this.#objectOf(entry);
      const isKept = await this.#keep(object);
      this.#tip.link = isKept ? { sequence: entry.sequence, mac: entry.mac } : undefined;
      if (!isKept) continue;
      this.#onKept(object);
      return;
    }
    throw new AuditError(
      `other invocations took the next sequence ${APPEND_ATTEMPTS_MAX} times in a row`,
      {
        subject: 'audit trail',
        remedy: 'wait for the retry; if it happens again, look for who else writes to the prefix',
      },
    );
  }

  async #entryOf(
    event: AuditEvent,
    time: string,
  ): Promise<Omit<UnsignedEntry, 'sequence' | 'previous'>> {
    const { credential, error } = event;
    return {
      v: 1,
      ...this.#context,
      time,
      event: event.event,
      subject: event.subject,
      keyVersion: await this.#key.version(),
      ...(error === undefined ? {} : { error }),
      ...(credential === undefined ? {} : { fingerprint: await this.#fingerprint(credential) }),
    };
  }

  async #fingerprint({ username, password }: Credential): Promise<string> {
    const text = fingerprintText({ username, password: password.reveal() });
    return fingerprintOfMac((await this.#key.sign(text)).value);
  }

  async #sign(entry: UnsignedEntry): Promise<Entry> {
    const { value } = await this.#key.sign(signedText(entry));
    return { ...entry, mac: value };
  }

  #objectOf(entry: Entry): AuditObject {
    try {
      return { key: objectKey(this.#prefix, entry.sequence), body: encodeEntry(entry) };
    } catch (error) {
      if (!(error instanceof EntryFormatError || error instanceof RangeError)) throw error;
      throw new AuditError(`the entry does not fit its format: ${error.message}`, {
        subject: 'audit trail',
        remedy: 'report this: the function wrote something that the trail cannot hold',
      });
    }
  }

  /** Writes the object; `false` where another writer's stands in its place. */
  async #keep(object: AuditObject): Promise<boolean> {
    try {
      if ((await this.#store.write(object)) === 'written') return true;
    } catch (error) {
      // It may have been written all the same. One look tells, unless the write is still on its way.
      this.#tip.link = undefined;
      if (await this.#holds(object).catch(() => false)) return true;
      throw error;
    }
    // The key is taken: by another writer, or by our own write whose answer was lost and which the client repeated.
    return await this.#holds(object);
  }

  async #holds({ key, body }: AuditObject): Promise<boolean> {
    return (await this.#store.read(key))?.body === body;
  }
}
