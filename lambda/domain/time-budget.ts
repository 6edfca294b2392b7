import { DeadlineError } from './errors.ts';

/** Held back from a step's time, so that a change which cannot be finished can still be taken back. */
export const UNDO_RESERVE_MS = 40_000;
/** A call that gets less than this is not worth starting. */
export const CALL_MIN_MS = 250;

/**
 * How long a call may take, from the time the function has left.
 *
 * A part is held back until `releaseReserve` is called: taking back a change must not fail for lack of time
 * that the way forward has used up.
 */
export class TimeBudget {
  readonly #remainingMs: () => number;
  #reserveMs: number;

  /** @param remainingMs time until the platform stops the function, in milliseconds */
  constructor(remainingMs: () => number) {
    this.#remainingMs = remainingMs;
    this.#reserveMs = Math.min(UNDO_RESERVE_MS, remainingMs() / 3);
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

  /** Lets the calls that follow use what was held back. */
  releaseReserve(): void {
    this.#reserveMs = 0;
  }
}

/** A clock that can also wait. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  sleep(durationMs: number): Promise<void>;
}
