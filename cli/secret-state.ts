import {
  DescribeSecretCommand,
  paginateListSecretVersionIds,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

const AWSCURRENT = 'AWSCURRENT';
const AWSPENDING = 'AWSPENDING';

/** Where the labels of a rotated secret stand. No value is read. */
export interface SecretState {
  readonly currentId: string | undefined;
  /** The version of a rotation that has not ended: AWSPENDING apart from AWSCURRENT. */
  readonly pendingId: string | undefined;
  /** Whether AWSPENDING is still on the version that has become AWSCURRENT. AWS shows both states after a success. */
  readonly keepsPending: boolean;
  /** When the last rotation ended, in milliseconds since 1970. */
  readonly rotatedMs: number | undefined;
}

/** Needs secretsmanager:DescribeSecret. */
export async function readSecretState(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<SecretState> {
  const { VersionIdsToStages: labels = {}, LastRotatedDate: rotated } = await client.send(
    new DescribeSecretCommand({ SecretId: secretArn }),
  );
  const holderOf = (label: string): string | undefined =>
    Object.entries(labels).find(([, held]) => held.includes(label))?.[0];
  const [currentId, pendingId] = [holderOf(AWSCURRENT), holderOf(AWSPENDING)];
  const keepsPending = pendingId !== undefined && pendingId === currentId;
  return {
    currentId,
    pendingId: keepsPending ? undefined : pendingId,
    keepsPending,
    rotatedMs: rotated?.getTime(),
  };
}

/**
 * When a version was made, in milliseconds since 1970; undefined where Secrets Manager does not say. Needs
 * secretsmanager:ListSecretVersionIds.
 */
export async function versionCreatedMs(
  client: SecretsManagerClient,
  { secretArn, versionId }: { readonly secretArn: string; readonly versionId: string },
): Promise<number | undefined> {
  const pages = paginateListSecretVersionIds({ client }, { SecretId: secretArn });
  for await (const { Versions: versions = [] } of pages) {
    const found = versions.find((one) => one.VersionId === versionId);
    if (found !== undefined) return found.CreatedDate?.getTime();
  }
  return undefined;
}
