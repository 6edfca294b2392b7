import { randomUUID } from 'node:crypto';
import {
  type AbandonReason,
  type Failure,
  ROTATION_STEPS,
  type Rotation,
  type RotationEvent,
  type RotationHappening,
  type RotationNews,
  type RotationOutcome,
  type RotationStep,
} from './rotation-events.ts';
import { AWSCURRENT, AWSPENDING, labelsOf, withoutLabel, withoutVersion } from './secret-state.ts';
import type { SecretsManagerModel } from './secrets-manager-model.ts';

/** How rotations are carried out. AWS documents neither the number of attempts nor the pause between them. */
export interface RotationRunOptions {
  readonly model: SecretsManagerModel;
  /** Runs the rotation function to its end; rejects when the function failed. */
  invoke(event: RotationEvent): Promise<void>;
  readonly attemptsMax: number;
  readonly retryDelayMs: number;
  /** Resolves after `ms`, or as soon as `signal` is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Whether a success leaves AWSPENDING beside AWSCURRENT. AWS shows both; neither blocks a rotation. */
  readonly keepsPendingLabel: boolean;
  /** Whether an attempt that failed after AWSCURRENT moved is repeated. Not documented. */
  readonly retriesAfterPromotion: boolean;
  listener(news: RotationNews): void;
}

type Attempt = 'succeeded' | AbandonReason | Failure;

/** One rotation of one version, from RotateSecret until it succeeds, fails for good or is abandoned. */
export class RotationRun {
  readonly outcome: Promise<RotationOutcome>;
  readonly #options: RotationRunOptions;
  readonly #rotation: Rotation;
  readonly #rotationToken = randomUUID();
  #pause = new AbortController();
  #stopped: AbandonReason | undefined;
  #isSettled = false;

  /** Begins after the caller's turn: RotateSecret answers first. */
  constructor(options: RotationRunOptions, rotation: Rotation) {
    this.#options = options;
    this.#rotation = rotation;
    this.outcome = new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#run().then(resolve, reject);
      });
    });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  get secretArn(): string {
    return this.#rotation.secretArn;
  }

  /** Cuts the pause before the next attempt short. */
  nudge(): void {
    this.#pause.abort();
  }

  /** Ends the rotation before its next step. A step that is running is not interrupted. */
  stop(reason: AbandonReason): void {
    this.#stopped ??= reason;
    this.#pause.abort();
  }

  async #run(): Promise<RotationOutcome> {
    this.#tell({ kind: 'rotationStarted' });
    const outcome = this.#rotation.isTest ? await this.#test() : await this.#rotate();
    this.#isSettled = true;
    if (outcome.status === 'succeeded') {
      this.#tell({ kind: 'rotationSucceeded', attempts: outcome.attempts });
    } else if (outcome.status === 'failed') {
      const { attempts, errorName, errorMessage } = outcome;
      this.#tell({ kind: 'rotationFailed', attempts, errorName, errorMessage });
    } else {
      this.#tell({ kind: 'rotationAbandoned', reason: outcome.reason });
    }
    return outcome;
  }

  /** "If any rotation step fails, Secrets Manager retries the entire rotation process multiple times" (SDK). */
  async #rotate(): Promise<RotationOutcome> {
    const { attemptsMax, retryDelayMs, retriesAfterPromotion } = this.#options;
    for (let attempts = 1; ; attempts += 1) {
      const result = await this.#attempt(ROTATION_STEPS, attempts);
      if (result === 'succeeded') {
        this.#complete();
        return { status: 'succeeded', attempts };
      }
      if (typeof result === 'string') return { status: 'abandoned', reason: result };
      const isOver = this.#holds(AWSCURRENT) && !retriesAfterPromotion;
      if (attempts >= attemptsMax || isOver) return { status: 'failed', attempts, ...result };
      this.#pause = new AbortController();
      if (this.#stopped === undefined) {
        await this.#options.sleep(retryDelayMs, this.#pause.signal);
      }
    }
  }

  /** A test is not repeated (assumed), and the version that it made is removed whatever came out. */
  async #test(): Promise<RotationOutcome> {
    const result = await this.#attempt(['testSecret'], 1);
    this.#removeTestVersion();
    if (result === 'succeeded') return { status: 'succeeded', attempts: 1 };
    if (typeof result === 'string') return { status: 'abandoned', reason: result };
    return { status: 'failed', attempts: 1, ...result };
  }

  async #attempt(steps: readonly RotationStep[], attempt: number): Promise<Attempt> {
    for (const step of steps) {
      if (this.#stopped !== undefined) return this.#stopped;
      if (!this.#holds(AWSPENDING) && !this.#holds(AWSCURRENT)) return 'labelMoved';
      const failure = await this.#step(step, attempt);
      if (failure !== undefined) return failure;
    }
    if (this.#rotation.isTest || this.#holds(AWSCURRENT)) return 'succeeded';
    return {
      errorName: 'RotationIncomplete',
      errorMessage: 'finishSecret succeeded, but AWSCURRENT is not on the new version',
    };
  }

  async #step(step: RotationStep, attempt: number): Promise<Failure | undefined> {
    const { model } = this.#options;
    const startedAt = model.now();
    this.#tell({ kind: 'stepStarted', step, attempt });
    try {
      await this.#options.invoke({
        Step: step,
        SecretId: this.#rotation.secretArn,
        ClientRequestToken: this.#rotation.versionId,
        RotationToken: this.#rotationToken,
      });
      this.#tell({ kind: 'stepSucceeded', step, attempt, ms: model.now() - startedAt });
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      this.#tell({ kind: 'stepFailed', step, attempt, ms: model.now() - startedAt, ...failure });
      return failure;
    }
  }

  #holds(label: string): boolean {
    try {
      const state = this.#options.model.inspect(this.#rotation.secretArn);
      return state.labels.get(label) === this.#rotation.versionId;
    } catch {
      return false;
    }
  }

  #complete(): void {
    const { model, keepsPendingLabel } = this.#options;
    const state = { ...model.inspect(this.#rotation.secretArn), rotatedAt: model.now() };
    const removes = this.#holds(AWSPENDING) && !keepsPendingLabel;
    model.replace(removes ? withoutLabel(state, AWSPENDING) : state);
  }

  #removeTestVersion(): void {
    if (!this.#holds(AWSPENDING)) return;
    const { model } = this.#options;
    const state = model.inspect(this.#rotation.secretArn);
    const isPendingOnly = labelsOf(state, this.#rotation.versionId).length === 1;
    model.replace(
      isPendingOnly
        ? withoutVersion(state, this.#rotation.versionId)
        : withoutLabel(state, AWSPENDING),
    );
  }

  #tell(happening: RotationHappening): void {
    this.#options.listener({ ...happening, ...this.#rotation });
  }
}

/** An error of another realm, such as Node's own inside a test, is no `instanceof Error`. */
function failureOf(error: unknown): Failure {
  const { name, message } = Object(error) as { name?: unknown; message?: unknown };
  return {
    errorName: typeof name === 'string' ? name : 'Error',
    errorMessage: typeof message === 'string' ? message : String(error),
  };
}
