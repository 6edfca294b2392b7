import type { RotationNews, RotationStep } from '../aws/rotation-events.ts';
import type { Display } from './display.ts';

/** How often a step was called in one rotation, and how long its last call took. */
export interface StepRecord {
  readonly step: RotationStep;
  readonly attempts: number;
  readonly ms: number;
}

const NOTES: Readonly<Record<RotationStep, string>> = {
  createSecret: 'the new password is in both vaults: AWSPENDING, and PENDING in OCI',
  setSecret: 'both databases changed, each proven by a login',
  testSecret: 'read back from both vaults, logged in to both databases',
  finishSecret: 'promoted in both vaults: OCI first, AWSCURRENT last',
};
const REPEATED_NOTES: Readonly<Record<RotationStep, string>> = {
  createSecret: 'nothing to do: this version is AWSCURRENT already',
  setSecret: 'nothing to do',
  testSecret: 'nothing to do',
  finishSecret: 'the mirror is brought level with AWSCURRENT',
};

/** Listens to Secrets Manager: shows each step as it happens and keeps count. */
export class StepRecorder {
  readonly #display: Display;
  readonly #steps = new Map<RotationStep, { attempts: number; ms: number }>();

  constructor(display: Display) {
    this.#display = display;
  }

  get steps(): readonly StepRecord[] {
    return [...this.#steps].map(([step, { attempts, ms }]) => ({ step, attempts, ms }));
  }

  listen(news: RotationNews): void {
    switch (news.kind) {
      case 'stepStarted':
        this.#started(news.step, news.attempt);
        return;
      case 'stepSucceeded':
        this.#ended(news.step, news.ms);
        this.#display.done(news.step, `${time(news.ms)}  ${this.#note(news.step, news.attempt)}`);
        return;
      case 'stepFailed':
        this.#ended(news.step, news.ms);
        this.#display.failed(news.step, [
          `${time(news.ms)}  ${news.errorName}`,
          ...sentences(news.errorMessage),
        ]);
        return;
      case 'rotationStarted':
      case 'rotationSucceeded':
      case 'rotationFailed':
      case 'rotationAbandoned':
    }
  }

  #started(step: RotationStep, attempt: number): void {
    const { attempts, ms } = this.#steps.get(step) ?? { attempts: 0, ms: 0 };
    this.#steps.set(step, { attempts: attempts + 1, ms });
    if (attempt > 1 && step === 'createSecret') {
      this.#display.say('Secrets Manager tries the whole rotation again, with the same version:');
    }
    this.#display.begin(step);
  }

  #ended(step: RotationStep, ms: number): void {
    const { attempts } = this.#steps.get(step) ?? { attempts: 1 };
    this.#steps.set(step, { attempts, ms: Math.round(ms) });
  }

  #note(step: RotationStep, attempt: number): string {
    return (attempt > 1 ? REPEATED_NOTES : NOTES)[step];
  }
}

function time(ms: number): string {
  return `${String(Math.round(ms))} ms`.padStart(8);
}

/** The parts of a Lockstep error: what happened, State, Next. */
function sentences(message: string): string[] {
  return message.split(/(?<=\.) (?=State: |Next: )/);
}
