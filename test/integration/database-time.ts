import { TimeBudget } from '../../lambda/domain/time-budget.ts';

const REMAINING_MS = 60_000;
/** What TimeBudget holds back of that. */
const RESERVE_MS = 20_000;

/** The time that calls have, which a test can cut short. */
export class Time {
  #remainingMs = REMAINING_MS;
  readonly budget = new TimeBudget(() => this.#remainingMs);

  /** From now on a call gets this long. */
  leave(callMs: number): this {
    this.#remainingMs = RESERVE_MS + callMs;
    return this;
  }
}
