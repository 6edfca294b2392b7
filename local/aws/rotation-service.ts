import { setTimeout as delay } from 'node:timers/promises';
import type {
  CancelRotateSecretRequest,
  CancelRotateSecretResponse,
  RotateSecretRequest,
  RotateSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import type { RotationEvent, RotationNews, RotationOutcome } from './rotation-events.ts';
import { checkRotationRules } from './rotation-rules.ts';
import { RotationRun, type RotationRunOptions } from './rotation-run.ts';
import { checkedToken } from './secret-input.ts';
import {
  AWSCURRENT,
  AWSPENDING,
  type RotationSettings,
  type SecretState,
  withLabel,
  withVersion,
} from './secret-state.ts';
import type { SecretsManagerModel } from './secrets-manager-model.ts';
import { AwsServiceError } from './service-error.ts';

export interface RotationServiceOptions {
  readonly model: SecretsManagerModel;
  /** Runs the rotation function to its end; rejects when the function failed. */
  invoke(event: RotationEvent): Promise<void>;
  /** Whether the function exists and lets Secrets Manager call it. @default always */
  canInvoke?(lambdaArn: string): boolean;
  /** Attempts at a whole rotation. AWS: "multiple times", the number is not documented. @default 3 */
  readonly attemptsMax?: number;
  /** Pause before a repetition. Not documented; operators saw two to three minutes. @default 1000 */
  readonly retryDelayMs?: number;
  /** Ends early, without an error, when the signal is aborted. @default a real timer */
  sleep?(ms: number, signal: AbortSignal): Promise<void>;
  /** Leave AWSPENDING beside AWSCURRENT after a success. AWS shows both states. @default false */
  readonly keepsPendingLabel?: boolean;
  /** Repeat a rotation that failed after AWSCURRENT moved. Not documented. @default true */
  readonly retriesAfterPromotion?: boolean;
  /** Told of everything as it happens, before the next thing does. */
  listener?(news: RotationNews): void;
}

/** How many rotations `settled` remembers. */
const RUNS_MAX = 1000;

/**
 * RotateSecret and CancelRotateSecret as AWS plays them, on a `SecretsManagerModel`.
 *
 * RotateSecret puts AWSPENDING on a new version without a value and answers; then the function is invoked
 * for createSecret, setSecret, testSecret and finishSecret, each awaited. After a failed step the whole
 * rotation is repeated with the same token. It does not rotate by schedule: the schedule is checked and shown.
 *
 * Sources: the SDK's doc strings; texts recorded in LocalStack's snapshots (2024-03-15, 2025-03-27) and, for
 * the stuck rotation, reported by operators; moto PR 8504 and 8547 for the pending version's value.
 */
export class RotationService {
  readonly #options: RotationServiceOptions;
  readonly #runOptions: RotationRunOptions;
  readonly #runs = new Map<string, RotationRun>();
  #isClosed = false;

  constructor(options: RotationServiceOptions) {
    this.#options = options;
    this.#runOptions = {
      model: options.model,
      invoke: async (event) => {
        await options.invoke(event);
      },
      attemptsMax: options.attemptsMax ?? 3,
      retryDelayMs: options.retryDelayMs ?? 1000,
      sleep: async (ms, signal) => {
        await (options.sleep?.(ms, signal) ?? sleepFor(ms, signal));
      },
      keepsPendingLabel: options.keepsPendingLabel ?? false,
      retriesAfterPromotion: options.retriesAfterPromotion ?? true,
      listener: (news) => options.listener?.(news),
    };
  }

  /**
   * Refused while AWSPENDING is on another version than AWSCURRENT; that older rotation is then tried again
   * at once. The token of a rotation that is under way or done is answered again and starts nothing new;
   * if it had failed, it is tried again.
   *
   * With RotateImmediately=false the token becomes the id of the version that testSecret sees (assumed: that it
   * is a fresh one was recorded, not which).
   *
   * Assumed: a refusal of this kind still turns rotation on and takes over ARN and rules, for after a
   * CancelRotateSecret the repeated rotation could not pass otherwise.
   */
  rotateSecret(request: RotateSecretRequest): RotateSecretResponse {
    const versionId = checkedToken(request.ClientRequestToken, 'InvalidParameterException');
    const { model } = this.#options;
    const before = model.inspect(request.SecretId);
    const state = { ...before, rotation: this.#settings(before, request) };
    const current = state.labels.get(AWSCURRENT);
    const pending = state.labels.get(AWSPENDING);
    const answer = { ARN: state.arn, Name: state.name, VersionId: versionId };
    if (pending !== undefined && pending !== current) {
      model.replace(state);
      this.#resume(state.arn, pending);
      if (pending === versionId) return answer;
      throw badRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    }
    if (versionId === current) return answer;
    if (state.versions.has(versionId)) {
      throw badRequest(`Version ${versionId} exists already and is not being rotated.`);
    }
    const isTest = request.RotateImmediately === false;
    model.replace(staged(state, { versionId, copiesCurrent: isTest, now: model.now() }));
    this.#start({ secretArn: state.arn, versionId, isTest });
    return answer;
  }

  /**
   * Turns rotation off and ends one that is under way before its next step. Labels stay as they are: AWSPENDING
   * may be left on a version that never became current ("can leave the labels in an unexpected state", SDK).
   */
  cancelRotateSecret(request: CancelRotateSecretRequest): CancelRotateSecretResponse {
    const { model } = this.#options;
    const state = model.inspect(request.SecretId);
    if (state.rotation === undefined) {
      throw badRequest('No Lambda rotation function ARN is associated with this secret.');
    }
    model.replace({ ...state, rotation: { ...state.rotation, enabled: false } });
    for (const run of this.#runs.values()) {
      if (run.secretArn === state.arn) run.stop('cancelled');
    }
    const pending = state.labels.get(AWSPENDING);
    return {
      ARN: state.arn,
      Name: state.name,
      ...(pending !== undefined && { VersionId: pending }),
    };
  }

  /**
   * How the newest rotation of this version ends. It never rejects for a rotation that failed.
   *
   * @throws {Error} when this version was never rotated.
   */
  async settled(versionId: string): Promise<RotationOutcome> {
    const run = this.#runs.get(versionId);
    if (run === undefined) throw new Error(`no rotation of version ${versionId} was started`);
    return await run.outcome;
  }

  /** Starts nothing more and ends pauses; a step that is running is not awaited. */
  close(): void {
    this.#isClosed = true;
    for (const run of this.#runs.values()) run.stop('closed');
  }

  #settings(state: SecretState, request: RotateSecretRequest): RotationSettings {
    const { model } = this.#options;
    const lambdaArn = request.RotationLambdaARN ?? state.rotation?.lambdaArn;
    if (lambdaArn === undefined) {
      throw badRequest('No Lambda rotation function ARN is associated with this secret.');
    }
    if (request.RotationRules !== undefined) checkRotationRules(request.RotationRules);
    if (this.#options.canInvoke?.(lambdaArn) === false) {
      throw new AwsServiceError(
        'AccessDeniedException',
        'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
      );
    }
    const rules = request.RotationRules ?? state.rotation?.rules;
    const isNew = request.RotationRules !== undefined || state.rotation === undefined;
    const configuredAt = isNew ? model.now() : state.rotation.configuredAt;
    return { enabled: true, lambdaArn, configuredAt, ...(rules !== undefined && { rules }) };
  }

  #resume(secretArn: string, versionId: string): void {
    const run = this.#runs.get(versionId);
    if (run === undefined || run.isSettled) this.#start({ secretArn, versionId, isTest: false });
    else run.nudge();
  }

  #start(rotation: { secretArn: string; versionId: string; isTest: boolean }): void {
    if (this.#isClosed) return;
    this.#runs.delete(rotation.versionId);
    this.#runs.set(rotation.versionId, new RotationRun(this.#runOptions, rotation));
    for (const [versionId, run] of this.#runs) {
      if (this.#runs.size <= RUNS_MAX) return;
      if (run.isSettled) this.#runs.delete(versionId);
    }
  }
}

function staged(
  state: SecretState,
  { versionId, copiesCurrent, now }: { versionId: string; copiesCurrent: boolean; now: number },
): SecretState {
  const current = state.labels.get(AWSCURRENT);
  const value = current === undefined ? undefined : state.versions.get(current)?.value;
  const copied = copiesCurrent && value !== undefined ? { value } : {};
  const version = { versionId, createdAt: now, ...copied };
  return withLabel(withVersion(state, version), AWSPENDING, versionId);
}

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function badRequest(message: string): AwsServiceError {
  return new AwsServiceError('InvalidRequestException', message);
}
