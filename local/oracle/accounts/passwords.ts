import type { MakeVerifier, Verifier } from './verifier.ts';

/** `12C` is the newest password, `12C-OLD` the one from before the rollover, as Oracle's audit trail names them. */
export type VerifierLabel = '12C' | '12C-OLD';

/** A verifier that opens the account at the moment. */
export interface Candidate<V> {
  readonly label: VerifierLabel;
  readonly verifier: V;
}

interface Rollover<V> {
  readonly old: V;
  /** The newest password under the salt of `old`, so that one salt suits a client with either password. */
  readonly newest: V;
  /** Of the first change: later ones inside the window do not move it. */
  readonly startedAtMs: number;
}

/**
 * The passwords of one account: the current one, the one from before a rollover, and those used before.
 *
 * A change inside a rollover replaces the newest password, not the oldest: p1, p2, p3 leaves p1 and p3.
 */
export class Passwords<V extends Verifier> {
  readonly #make: MakeVerifier<V>;
  #current: V;
  #rollover: Rollover<V> | undefined;
  /** Every password ever set, the current one last. */
  readonly #history: { readonly verifier: V; readonly setAtMs: number }[];

  constructor(password: string, { make, nowMs }: { make: MakeVerifier<V>; nowMs: number }) {
    this.#make = make;
    this.#current = make(password);
    this.#history = [{ verifier: this.#current, setAtMs: nowMs }];
  }

  get isInRollover(): boolean {
    return this.#rollover !== undefined;
  }

  get setAtMs(): number {
    return this.#history.at(-1)?.setAtMs ?? 0;
  }

  /** What opens the account now. All of them have the salt of the first. */
  candidates(): readonly Candidate<V>[] {
    if (this.#rollover === undefined) return [{ label: '12C', verifier: this.#current }];
    return [
      { label: '12C', verifier: this.#rollover.newest },
      { label: '12C-OLD', verifier: this.#rollover.old },
    ];
  }

  accepts(password: string): boolean {
    return this.candidates().some(({ verifier }) => verifier.matches(password));
  }

  /** Whether the password is one of the last `reuseMax`, the current one included, or was set within `reuseMs`. */
  isRecent(
    password: string,
    limits: { readonly reuseMax: number; readonly reuseMs: number; readonly nowMs: number },
  ): boolean {
    const firstOfLast = this.#history.length - limits.reuseMax;
    return this.#history.some(
      ({ verifier, setAtMs }, index) =>
        (index >= firstOfLast || limits.nowMs - setAtMs < limits.reuseMs) &&
        verifier.matches(password),
    );
  }

  /** Sets a password. With `overlap`, the oldest one that opens the account stays valid beside it. */
  change(
    password: string,
    { nowMs, overlap }: { readonly nowMs: number; readonly overlap: boolean },
  ): void {
    const old = this.#rollover?.old ?? this.#current;
    const startedAtMs = this.#rollover?.startedAtMs ?? nowMs;
    this.#rollover = overlap ? { old, newest: this.#make(password, old), startedAtMs } : undefined;
    this.#current = this.#make(password);
    this.#history.push({ verifier: this.#current, setAtMs: nowMs });
  }

  endRollover(): void {
    this.#rollover = undefined;
  }

  /** Ends a rollover that has lasted as long as the profile allows now. */
  settle({ rolloverMs, nowMs }: { readonly rolloverMs: number; readonly nowMs: number }): void {
    if (this.#rollover !== undefined && nowMs >= this.#rollover.startedAtMs + rolloverMs) {
      this.endRollover();
    }
  }
}
