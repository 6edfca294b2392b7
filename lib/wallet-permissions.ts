import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { DatabaseConfig } from '../config/database-config.ts';
import type { WalletInS3 } from '../config/wallet-config.ts';
import { walletSources } from './credential-secrets.ts';
import { keyPermission } from './key-permission.ts';

export interface WalletPermissionsProps {
  readonly databases: readonly DatabaseConfig[];
  /** The customer's key that encrypts the wallets; without one there is nothing to allow. */
  readonly walletsKey?: IKey | undefined;
}

/** Reading the wallets that are kept in S3: each object by its own name and, where one is named, of that version only. */
export function walletPermissions(
  scope: Construct,
  { databases, walletsKey }: WalletPermissionsProps,
): readonly PolicyStatement[] {
  const wallets = walletSources(databases).filter((source) => 'walletS3Bucket' in source);
  const newest = wallets.filter(({ walletS3VersionId: id }) => id === undefined);
  const versions = wallets.filter(({ walletS3VersionId: id }) => id !== undefined);
  const objectArn = (wallet: WalletInS3): string => arnOf(scope, wallet, wallet.walletS3Key);
  // With a bucket key the context is the bucket, not the object.
  const contexts = wallets.flatMap((wallet) => [objectArn(wallet), arnOf(scope, wallet)]);
  return [
    ...(newest.length === 0
      ? []
      : [
          new PolicyStatement({
            sid: 'ReadWallets',
            actions: ['s3:GetObject'],
            resources: [...new Set(newest.map(objectArn))],
          }),
        ]),
    ...versions.map(
      (wallet, index) =>
        new PolicyStatement({
          sid: `ReadWalletVersion${index + 1}`,
          actions: ['s3:GetObjectVersion'],
          resources: [objectArn(wallet)],
          conditions: { StringEquals: { 's3:VersionId': wallet.walletS3VersionId } },
        }),
    ),
    ...(wallets.length === 0
      ? []
      : keyPermission(scope, {
          sid: 'UseKeyOfWallets',
          key: walletsKey,
          actions: ['kms:Decrypt'],
          service: 's3',
          context: { 'aws:s3:arn': [...new Set(contexts)] },
        })),
  ];
}

function arnOf(scope: Construct, { walletS3Bucket }: WalletInS3, key?: string): string {
  return Stack.of(scope).formatArn({
    service: 's3',
    region: '',
    account: '',
    resource: walletS3Bucket,
    ...(key !== undefined && { resourceName: key }),
  });
}
