import { setTimeout as sleep } from 'node:timers/promises';
import type { RotationEvent, RotationStep } from '../aws/rotation-events.ts';

/** How often Secrets Manager tries a whole rotation here, and its pause, in milliseconds. */
export const ATTEMPTS_MAX = 5;
export const RETRY_DELAY_MS = 50;
/** Its own pauses are minutes. Before this attempt, and those that follow, there is one in which a server can miss its client. */
const LATE_ATTEMPT = 3;
const LATE_PAUSE_MS = 11_000;

/** Stands between Secrets Manager and the function, and keeps what passes. */
export class Service {
  /** Every call that was made. */
  readonly events: RotationEvent[] = [];
  /** All that the function ever failed with. */
  readonly said: string[] = [];
  /** What the attempts of this rotation failed with: `<name>: <message>`. */
  failures: string[] = [];
  /** Awaited before the service hears of a failure. */
  afterFailure: (step: RotationStep) => Promise<void> = nothing;
  readonly #onStep: (step: RotationStep) => void;
  #attempts = 0;

  /** @param onStep told of every step before the function is */
  constructor(onStep: (step: RotationStep) => void) {
    this.#onStep = onStep;
  }

  /** For `startClouds`. */
  readonly intercept = async (event: RotationEvent, invoke: () => Promise<void>): Promise<void> => {
    this.events.push(event);
    if (event.Step === 'createSecret') {
      this.#attempts += 1;
      if (this.#attempts >= LATE_ATTEMPT) await sleep(LATE_PAUSE_MS);
    }
    this.#onStep(event.Step);
    try {
      await invoke();
    } catch (error) {
      this.said.push(String(error));
      this.failures.push(String(error));
      await this.afterFailure(event.Step);
      throw error;
    }
  };

  /** The next rotation begins. */
  reset(): void {
    this.#attempts = 0;
    this.failures = [];
    this.afterFailure = nothing;
  }
}

async function nothing(): Promise<void> {
  await Promise.resolve();
}
