import { ANSWER_RESERVE_MS, TimeBudget, type Clock } from './time-budget.ts';

/**
 * The time of work that goes on beside a step and must not hold it up for long. Each piece of it that begins gives all of
 * it so much more time, from then on; so when a step has nothing else to do, it waits that long at most.
 */
export class AsideTime {
  /** For every call of that work. Before anything has begun there is no time. */
  readonly budget: TimeBudget;
  readonly #clock: Pick<Clock, 'now'>;
  #endMs: number;

  /** @param options.remainingMs time until the platform stops the function, in milliseconds */
  constructor({
    remainingMs,
    clock,
  }: {
    readonly remainingMs: () => number;
    readonly clock: Pick<Clock, 'now'>;
  }) {
    this.#clock = clock;
    this.#endMs = clock.now();
    this.budget = new TimeBudget(() =>
      Math.min(remainingMs() - ANSWER_RESERVE_MS, this.#endMs - clock.now()),
    );
  }

  /** A piece of work begins that may take so long, in milliseconds. */
  begin(durationMs: number): void {
    this.#endMs = Math.max(this.#endMs, this.#clock.now() + durationMs);
  }
}
