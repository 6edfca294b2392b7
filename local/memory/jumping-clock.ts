import type { Clock } from '../../lambda/domain/time-budget.ts';

/** A clock that jumps instead of waiting: sleeping moves it on at once. */
export class JumpingClock implements Clock {
  #ms: number;
  readonly #sleeps: number[] = [];

  /** @param startMs epoch milliseconds. @default 2026-05-28T20:26:40Z */
  constructor(startMs = 1_780_000_000_000) {
    this.#ms = startMs;
  }

  /** All waits so far, in milliseconds. */
  get sleeps(): readonly number[] {
    return this.#sleeps;
  }

  now(): number {
    return this.#ms;
  }

  async sleep(durationMs: number): Promise<void> {
    await Promise.resolve();
    this.#sleeps.push(durationMs);
    this.advance(durationMs);
  }

  /** Moves the clock on without anybody waiting. */
  advance(durationMs: number): void {
    this.#ms += durationMs;
  }
}
