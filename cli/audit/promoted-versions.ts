import {
  DescribeSecretCommand,
  paginateListSecretVersionIds,
  type SecretsManagerClient,
  type SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import { AWSCURRENT, AWSPREVIOUS } from '../../lambda/domain/staging-label.ts';

/**
 * The version that the last successful rotation promoted, by what Secrets Manager says: the trail must have its entry, or
 * its tail is cut off. What came before it is held by the chain. Needs secretsmanager:DescribeSecret and
 * secretsmanager:ListSecretVersionIds.
 *
 * @returns none where no rotation has succeeded, or where people have stored two versions since
 */
export async function readPromotedVersions(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<readonly string[]> {
  const { LastRotatedDate: rotated } = await client.send(
    new DescribeSecretCommand({ SecretId: secretArn }),
  );
  if (rotated === undefined) return [];
  const versions: SecretVersionsListEntry[] = [];
  for await (const page of paginateListSecretVersionIds({ client }, { SecretId: secretArn })) {
    versions.push(...(page.Versions ?? []));
  }
  return promotedVersions(versions, rotated);
}

/**
 * AWSCURRENT, or AWSPREVIOUS where a person has stored AWSCURRENT since: a version that is younger than the last rotation
 * is none that it promoted.
 */
export function promotedVersions(
  versions: readonly SecretVersionsListEntry[],
  rotated: Date,
): readonly string[] {
  const [promoted] = [AWSCURRENT, AWSPREVIOUS]
    .map((label) => versions.find(({ VersionStages: labels = [] }) => labels.includes(label)))
    .filter((one) => one?.CreatedDate !== undefined && one.CreatedDate <= rotated);
  return promoted?.VersionId === undefined ? [] : [promoted.VersionId];
}
