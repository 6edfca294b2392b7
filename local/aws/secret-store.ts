import type { SecretState } from './secret-state.ts';
import { AwsServiceError } from './service-error.ts';

/** A read that might miss a write: how many reads and how much time have passed since that write. */
export interface ReadSinceWrite {
  readonly operation: string;
  readonly readsSinceWrite: number;
  readonly msSinceWrite: number;
}

/**
 * Decides whether a read still misses a write. Asked for the newest write first, then for the one
 * before it, until it says no; a secret's creation is never missed.
 *
 * Between the steps of a rotation Secrets Manager is eventually consistent: setSecret may not find
 * what createSecret stored (aws-sdk-js-v3 issue 7701; Coveo's operations report of 2020-03-26).
 */
export type StaleReads = (read: ReadSinceWrite) => boolean;

/** The first `count` reads after each write miss it. */
export function staleForReads(count: number): StaleReads {
  return ({ readsSinceWrite }) => readsSinceWrite < count;
}

/** Reads miss a write for `durationMs`. */
export function staleForMs(durationMs: number): StaleReads {
  return ({ msSinceWrite }) => msSinceWrite < durationMs;
}

interface Entry {
  readonly state: SecretState;
  readonly writtenAt: number;
  reads: number;
}

/** How many earlier states of a secret stay readable for `StaleReads`. */
const HISTORY_MAX = 32;

/** All secrets of one account and region: their newest state and, for stale reads, earlier ones. */
export class SecretStore {
  readonly #histories = new Map<string, Entry[]>();
  readonly #now: () => number;
  readonly #isStale: StaleReads | undefined;
  #created = 0;

  constructor(options: { now: () => number; staleReads?: StaleReads }) {
    this.#now = options.now;
    this.#isStale = options.staleReads;
  }

  /** How many secrets were created so far, deleted ones included. */
  get created(): number {
    return this.#created;
  }

  create(state: SecretState): void {
    this.#created += 1;
    this.#histories.set(state.arn, [this.#entry(state)]);
  }

  write(state: SecretState): void {
    const history = this.#isStale === undefined ? [] : (this.#histories.get(state.arn) ?? []);
    this.#histories.set(state.arn, [...history.slice(1 - HISTORY_MAX), this.#entry(state)]);
  }

  remove(arn: string): void {
    this.#histories.delete(arn);
  }

  /** The newest state of the secret with this name, ARN, or ARN without its last six characters. */
  find(secretId: string | undefined): SecretState | undefined {
    return this.#history(secretId)?.at(-1)?.state;
  }

  /** The state that a read by `operation` sees: the newest, or an older one if the read is stale. */
  read(secretId: string | undefined, operation: string): SecretState {
    const history = this.#history(secretId);
    let seen = history?.at(-1);
    if (history === undefined || seen === undefined) throw notFound();
    for (let index = history.length - 1; index > 0; index -= 1) {
      const entry = history[index];
      if (entry === undefined || this.#isStale?.(this.#age(entry, operation)) !== true) break;
      seen = history[index - 1] ?? seen;
    }
    for (const entry of history) entry.reads += 1;
    return seen.state;
  }

  #age(entry: Entry, operation: string): ReadSinceWrite {
    const msSinceWrite = this.#now() - entry.writtenAt;
    return { operation, readsSinceWrite: entry.reads, msSinceWrite };
  }

  #entry(state: SecretState): Entry {
    return { state, writtenAt: this.#now(), reads: 0 };
  }

  #history(secretId: string | undefined): Entry[] | undefined {
    if (secretId === undefined) return undefined;
    for (const [arn, history] of this.#histories) {
      const state = history.at(-1)?.state;
      if (state?.deletionAt !== undefined && state.deletionAt <= this.#now()) continue;
      if ([arn, arn.slice(0, -'-000000'.length), state?.name].includes(secretId)) return history;
    }
    return undefined;
  }
}

export function notFound(): AwsServiceError {
  return new AwsServiceError(
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret.",
  );
}
