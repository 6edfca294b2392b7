import type { CreateSecretResponse, GetSecretValueRequest } from '@aws-sdk/client-secrets-manager';
import { isSameValue, LABELS_MAX } from './secret-input.ts';
import {
  AWSCURRENT,
  AWSPENDING,
  pruned,
  type SecretState,
  type SecretValue,
  withLabel,
  withoutLabel,
  withVersion,
} from './secret-state.ts';
import { AwsServiceError } from './service-error.ts';

/** The state once the version holds the value and the labels. */
export function withValue(
  state: SecretState,
  {
    versionId,
    value,
    labels,
    now,
  }: {
    versionId: string;
    value: SecretValue;
    labels: readonly string[];
    now: number;
  },
): SecretState {
  const createdAt = state.versions.get(versionId)?.createdAt ?? now;
  let after = withVersion(state, { versionId, createdAt, value });
  for (const label of labels) after = withLabel(after, label, versionId);
  if (after.labels.size > LABELS_MAX) {
    throw new AwsServiceError(
      'LimitExceededException',
      'The request failed because it would exceed one of the Secrets Manager quotas.',
    );
  }
  after = { ...after, changedAt: now };
  if (labels.includes(AWSCURRENT)) {
    after = { ...after, valueChangedAt: now };
    const pending = after.labels.get(AWSPENDING);
    if (pending !== versionId) after = withoutLabel(after, AWSPENDING);
  }
  return pruned(after, now);
}

/** CreateSecret for a name in use: silent only for the same token and content (moto, `aws_verified`). */
export function recreated(
  existing: SecretState,
  { versionId, value }: { versionId: string; value: SecretValue | undefined },
): CreateSecretResponse {
  const { arn, name } = existing;
  if (existing.deletionAt !== undefined) {
    throw new AwsServiceError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const before = existing.versions.get(versionId)?.value;
  if (before === undefined || value === undefined) {
    throw new AwsServiceError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    );
  }
  if (!isSameValue(before, value)) throw tokenInUse(existing, versionId);
  return { ARN: arn, Name: name, VersionId: versionId };
}

/** The version that GetSecretValue means; id and label, when both are given, must agree. */
export function selectedVersion(state: SecretState, request: GetSecretValueRequest): string {
  const { VersionId: versionId, VersionStage: label } = request;
  if (versionId === undefined) {
    const holder = state.labels.get(label ?? AWSCURRENT);
    if (holder === undefined) throw noValue(request);
    return holder;
  }
  if (!state.versions.has(versionId)) throw noValue({ VersionId: versionId });
  if (label !== undefined && state.labels.get(label) !== versionId) {
    throw new AwsServiceError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  return versionId;
}

/** The texts for one selector are recorded; naming the label when both are given is an assumption. */
export function noValue(request: Partial<GetSecretValueRequest>): AwsServiceError {
  const { VersionId: versionId, VersionStage: label } = request;
  const what =
    versionId !== undefined && label === undefined
      ? `VersionId: ${versionId}`
      : `staging label: ${label ?? AWSCURRENT}`;
  return new AwsServiceError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  );
}

export function unlessDeleted(state: SecretState): SecretState {
  if (state.deletionAt === undefined) return state;
  throw new AwsServiceError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

export function tokenInUse(state: SecretState, versionId: string): AwsServiceError {
  return new AwsServiceError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${state.arn}.`,
  );
}
