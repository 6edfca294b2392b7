import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DeleteSecretRequest,
  DeleteSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  RestoreSecretRequest,
  RestoreSecretResponse,
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { moveLabel } from './label-move.ts';
import {
  checkedLabels,
  checkedName,
  checkedToken,
  invalid,
  isSameValue,
  valueOf,
} from './secret-input.ts';
import {
  noValue,
  recreated,
  selectedVersion,
  tokenInUse,
  unlessDeleted,
  withValue,
} from './secret-rules.ts';
import { labelsOf, withVersion, type SecretState } from './secret-state.ts';
import { notFound, SecretStore, type StaleReads } from './secret-store.ts';
import { describe, listEntries, valueFields } from './secret-views.ts';
import { AwsServiceError } from './service-error.ts';

export interface SecretsManagerModelOptions {
  /** Epoch milliseconds. */
  now(): number;
  /** @default eu-west-1 */
  readonly region?: string;
  /** @default 111111111111 */
  readonly accountId?: string;
  /** Lets reads see an older state. @default every read sees the newest */
  readonly staleReads?: StaleReads;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const RECOVERY_DAYS_MIN = 7;
const RECOVERY_DAYS_MAX = 30;
const PAGE_MAX = 100;

/**
 * Secrets Manager without rotation, in memory: a state machine with no clock, network or randomness of
 * its own. One method an operation, named as in the SDK, taking and answering the SDK's own shapes;
 * a refusal is an `AwsServiceError` with the service's error name.
 *
 * Rules and texts follow what was recorded against AWS (LocalStack's `test_secretsmanager.snapshot.json`
 * at 8b9a79f, moto's `aws_verified` tests at 0af643a) and the doc strings of the SDK's model. Where neither
 * speaks, the method says what was assumed.
 */
export class SecretsManagerModel {
  readonly #store: SecretStore;
  readonly #accesses = new Map<string, Map<string, number>>();
  readonly #arnPrefix: string;
  readonly now: () => number;

  constructor(options: SecretsManagerModelOptions) {
    const { region = 'eu-west-1', accountId = '111111111111' } = options;
    this.now = (): number => options.now();
    this.#store = new SecretStore({
      now: this.now,
      ...(options.staleReads !== undefined && { staleReads: options.staleReads }),
    });
    this.#arnPrefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  }

  /** An empty secret, without SecretString and SecretBinary, has no versions. */
  createSecret(request: CreateSecretRequest): CreateSecretResponse {
    const name = checkedName(request.Name);
    const versionId = checkedToken(request.ClientRequestToken);
    const value = valueOf(request);
    const existing = this.#store.find(name);
    if (existing !== undefined) return recreated(existing, { versionId, value });
    const now = this.now();
    const arn = `${this.#arnPrefix}${name}-${String(this.#store.created + 1).padStart(6, '0')}`;
    const empty: SecretState = {
      arn,
      name,
      createdAt: now,
      changedAt: now,
      versions: new Map(),
      labels: new Map(),
      ...(request.Description !== undefined && { description: request.Description }),
      ...(request.KmsKeyId !== undefined && { kmsKeyId: request.KmsKeyId }),
    };
    this.#store.create(
      value === undefined
        ? empty
        : withValue(empty, { versionId, value, labels: ['AWSCURRENT'], now }),
    );
    return { ARN: arn, Name: name, ...(value !== undefined && { VersionId: versionId }) };
  }

  getSecretValue(request: GetSecretValueRequest): GetSecretValueResponse {
    const state = unlessDeleted(this.#store.read(request.SecretId, 'GetSecretValue'));
    const versionId = selectedVersion(state, request);
    const version = state.versions.get(versionId);
    if (version?.value === undefined) throw noValue(request);
    this.#accessesOf(state).set(versionId, this.now());
    const labels = labelsOf(state, versionId);
    return {
      ARN: state.arn,
      Name: state.name,
      VersionId: versionId,
      ...valueFields(version.value),
      ...(labels.length > 0 && { VersionStages: labels }),
      CreatedDate: new Date(version.createdAt),
    };
  }

  describeSecret(request: DescribeSecretRequest): DescribeSecretResponse {
    const state = this.#store.read(request.SecretId, 'DescribeSecret');
    return describe(state, this.#accessesOf(state));
  }

  listSecretVersionIds(request: ListSecretVersionIdsRequest): ListSecretVersionIdsResponse {
    const state = this.#store.read(request.SecretId, 'ListSecretVersionIds');
    const size = request.MaxResults ?? PAGE_MAX;
    if (size < 1 || size > PAGE_MAX) {
      throw invalid('maxResults', `Member must be between 1 and ${PAGE_MAX}`);
    }
    const start = request.NextToken === undefined ? 0 : Number(request.NextToken);
    const all = listEntries(state, this.#accessesOf(state), request.IncludeDeprecated ?? false);
    if (!Number.isInteger(start) || start < 0 || start > all.length) {
      throw new AwsServiceError('InvalidNextTokenException', 'Invalid NextToken.');
    }
    const end = start + size;
    return {
      ARN: state.arn,
      Name: state.name,
      Versions: all.slice(start, end),
      ...(end < all.length && { NextToken: String(end) }),
    };
  }

  /**
   * Stores a value once: a version never changes. The same token with the same content is silent and moves
   * no label; with other content it is refused; a version that RotateSecret left without a value is filled.
   * A new version with AWSCURRENT ends a rotation under way: AWSPENDING is taken off (recorded,
   * `test_update_secret_version_stages_current_pending`; "RotationAbandoned" in the CloudTrail documentation).
   */
  putSecretValue(request: PutSecretValueRequest): PutSecretValueResponse {
    const state = this.inspect(request.SecretId);
    const versionId = checkedToken(request.ClientRequestToken);
    const value = valueOf(request);
    const labels = checkedLabels(request.VersionStages);
    if (value === undefined) {
      throw new AwsServiceError(
        'InvalidRequestException',
        'You must provide either SecretString or SecretBinary.',
      );
    }
    const before = state.versions.get(versionId);
    let after = state;
    if (before?.value === undefined) {
      after = withValue(state, { versionId, value, labels, now: this.now() });
      this.#store.write(after);
    } else if (!isSameValue(before.value, value)) {
      throw tokenInUse(state, versionId);
    }
    const attached = labelsOf(after, versionId);
    return {
      ARN: state.arn,
      Name: state.name,
      VersionId: versionId,
      ...(attached.length > 0 && { VersionStages: attached }),
    };
  }

  /** Compare-and-swap of a label; the rules are those of `moveLabel`. */
  updateSecretVersionStage(
    request: UpdateSecretVersionStageRequest,
  ): UpdateSecretVersionStageResponse {
    const state = moveLabel(this.inspect(request.SecretId), request);
    this.#store.write({ ...state, changedAt: this.now() });
    return { ARN: state.arn, Name: state.name };
  }

  /** For what a person or a rotation did some time ago: the version is so much older. No call of the service. */
  age(secretId: string, versionId: string, byMs: number): void {
    const state = this.inspect(secretId);
    const version = state.versions.get(versionId);
    if (version === undefined) throw new Error(`there is no version ${versionId}`);
    this.#store.write(withVersion(state, { ...version, createdAt: version.createdAt - byMs }));
  }

  /** With ForceDeleteWithoutRecovery the secret is gone at once, here without AWS's short delay. */
  deleteSecret(request: DeleteSecretRequest): DeleteSecretResponse {
    const state = this.#store.find(request.SecretId);
    const { ForceDeleteWithoutRecovery: force, RecoveryWindowInDays: days } = request;
    if (force === true && days !== undefined) {
      throw badParameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
      );
    }
    if (days !== undefined && (days < RECOVERY_DAYS_MIN || days > RECOVERY_DAYS_MAX)) {
      throw badParameter('RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
    }
    if (force === true) {
      if (state !== undefined) this.#store.remove(state.arn);
      const Name = state?.name ?? request.SecretId;
      return { ...(state && { ARN: state.arn }), Name, DeletionDate: new Date(this.now()) };
    }
    if (state === undefined) throw notFound();
    const deletionAt = this.now() + (days ?? RECOVERY_DAYS_MAX) * DAY_MS;
    this.#store.write({ ...unlessDeleted(state), deletionAt });
    return { ARN: state.arn, Name: state.name, DeletionDate: new Date(deletionAt) };
  }

  restoreSecret(request: RestoreSecretRequest): RestoreSecretResponse {
    const state = this.#store.find(request.SecretId);
    if (state === undefined) throw notFound();
    this.#store.write({ ...state, deletionAt: undefined });
    return { ARN: state.arn, Name: state.name };
  }

  /**
   * The newest state, never a stale one. No operation of AWS: what the service itself sees, for
   * `RotationService` and for assertions.
   *
   * @throws {AwsServiceError} when there is no such secret or it is marked for deletion.
   */
  inspect(secretId: string | undefined): SecretState {
    const state = this.#store.find(secretId);
    if (state === undefined) throw notFound();
    return unlessDeleted(state);
  }

  /** Replaces the newest state. No operation of AWS: what the service itself does, for `RotationService`. */
  replace(state: SecretState): void {
    this.#store.write(state);
  }

  #accessesOf({ arn }: SecretState): Map<string, number> {
    const accesses = this.#accesses.get(arn) ?? new Map<string, number>();
    this.#accesses.set(arn, accesses);
    return accesses;
  }
}

function badParameter(message: string): AwsServiceError {
  return new AwsServiceError('InvalidParameterException', message);
}
