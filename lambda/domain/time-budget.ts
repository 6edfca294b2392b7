import { DeadlineError } from './errors.ts';

/** Held back from a step's time, so that a change which cannot be finished can still be taken back. */
export const UNDO_RESERVE_MS = 40_000;
/** Of that, for what is still to be said of a failure: its audit entry. */
export const REPORT_RESERVE_MS = 3_000;
/** Never given to a call: the function must answer before the platform stops it. */
export const ANSWER_RESERVE_MS = 500;
/** A call that gets less than this is not worth starting. */
export const CALL_MIN_MS = 250;

/**
 * How long a call may take, from the time the function has left.
 *
 * A part is held back: taking back a change must not fail for lack of time that the way forward has used up, nor the
 * report of a failure for lack of time that taking back has used up.
 */
export class TimeBudget {
  readonly #remainingMs: () => number;
  /** A third of the time at most is held back, where there is little of it. */
  readonly #shareMs: number;
  #reserveMs: number;

  /** @param remainingMs time until the platform stops the function, in milliseconds */
  constructor(remainingMs: () => number) {
    this.#remainingMs = remainingMs;
    this.#shareMs = remainingMs() / 3;
    this.#reserveMs = Math.min(UNDO_RESERVE_MS, this.#shareMs);
  }

  /**
   * The time a call may take, in whole milliseconds: `capMs`, or what is left if that is less.
   *
   * @throws DeadlineError when too little is left to start a call
   */
  timeoutMs(capMs: number): number {
    const leftMs = this.#remainingMs() - this.#reserveMs;
    if (leftMs < CALL_MIN_MS) throw new DeadlineError();
    // Node's timers take fractions, AbortSignal.timeout throws on one.
    return Math.min(capMs, Math.floor(leftMs));
  }

  /** Whether so much time can be given away, in milliseconds. */
  has(durationMs: number): boolean {
    return this.#remainingMs() - this.#reserveMs >= durationMs;
  }

  /** Lets the calls that follow, which keep people from being locked out, use what was held back for them. */
  releaseForUndo(): void {
    this.#reserveMs = Math.min(REPORT_RESERVE_MS, this.#shareMs / 4);
  }

  /** Lets the calls that follow, which report a failure, use all but the time for the function's own answer. */
  releaseForReport(): void {
    this.#reserveMs = Math.min(ANSWER_RESERVE_MS, this.#shareMs / 8);
  }
}

/** A clock that can also wait. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  sleep(durationMs: number): Promise<void>;
}
