import type {
  DescribeSecretResponse,
  GetSecretValueResponse,
  SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import { nextRotationDate } from './rotation-rules.ts';
import { labelsOf, type SecretState, type SecretValue } from './secret-state.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** When each version was last read, by version id. AWS keeps the day only, and so do the answers here. */
export type AccessTimes = ReadonlyMap<string, number>;

/**
 * DescribeSecret's answer. As on AWS a field without a value is absent: RotationEnabled of a secret that
 * rotation was never set up for, VersionIdsToStages of an empty one; a version without a label is left out.
 */
export function describe(state: SecretState, accesses: AccessTimes): DescribeSecretResponse {
  const labelled = [...new Set(state.labels.values())];
  const accessedAt = Math.max(...accesses.values());
  return {
    ARN: state.arn,
    Name: state.name,
    CreatedDate: new Date(state.createdAt),
    LastChangedDate: new Date(state.changedAt),
    ...(state.description !== undefined && { Description: state.description }),
    ...(state.kmsKeyId !== undefined && { KmsKeyId: state.kmsKeyId }),
    ...(accesses.size > 0 && { LastAccessedDate: dayOf(accessedAt) }),
    ...(state.rotatedAt !== undefined && { LastRotatedDate: new Date(state.rotatedAt) }),
    ...(state.deletionAt !== undefined && { DeletedDate: new Date(state.deletionAt) }),
    ...(labelled.length > 0 && {
      VersionIdsToStages: Object.fromEntries(labelled.map((id) => [id, labelsOf(state, id)])),
    }),
    ...rotationFields(state),
  };
}

function rotationFields(state: SecretState): Partial<DescribeSecretResponse> {
  if (state.rotation === undefined) return {};
  const { enabled, lambdaArn, rules, configuredAt } = state.rotation;
  const since = Math.max(configuredAt, state.rotatedAt ?? 0, state.valueChangedAt ?? 0);
  const next = enabled && rules !== undefined ? nextRotationDate(rules, since) : undefined;
  return {
    RotationEnabled: enabled,
    RotationLambdaARN: lambdaArn,
    ...(rules !== undefined && { RotationRules: rules }),
    ...(next !== undefined && { NextRotationDate: new Date(next) }),
  };
}

/** The entries of ListSecretVersionIds, oldest first; a deprecated version has no VersionStages. */
export function listEntries(
  state: SecretState,
  accesses: AccessTimes,
  includeDeprecated: boolean,
): SecretVersionsListEntry[] {
  return [...state.versions.values()].flatMap(({ versionId, createdAt }) => {
    const labels = labelsOf(state, versionId);
    if (labels.length === 0 && !includeDeprecated) return [];
    const accessedAt = accesses.get(versionId);
    return [
      {
        VersionId: versionId,
        CreatedDate: new Date(createdAt),
        KmsKeyIds: [state.kmsKeyId ?? 'DefaultEncryptionKey'],
        ...(labels.length > 0 && { VersionStages: labels }),
        ...(accessedAt !== undefined && { LastAccessedDate: dayOf(accessedAt) }),
      },
    ];
  });
}

export function valueFields(
  value: SecretValue,
): Pick<GetSecretValueResponse, 'SecretString' | 'SecretBinary'> {
  return 'text' in value ? { SecretString: value.text } : { SecretBinary: value.bytes };
}

function dayOf(time: number): Date {
  return new Date(time - (time % DAY_MS));
}
