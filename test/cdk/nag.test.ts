import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { RotationEntry } from '../../config/rotations-file.ts';
import {
  alarms,
  federatedMirror,
  newApp,
  newStack,
  oracle,
  orders,
  postgres,
  STRINGS_SECRET_ARN,
  vpc,
  WALLET_SECRET_ARN,
} from './orders.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/0123-abcd';

const everything: RotationEntry = {
  ...orders,
  mirrors: [federatedMirror],
  retire: { afterHours: 24 },
  schedule: { expression: 'cron(0 3 1 * ? *)', duration: '2h' },
  vpc: { ...vpc, interfaceEndpoints: ['secretsmanager', 'ssm', 's3', 'kms', 'sts'] },
  alarms: { ...alarms, topicKmsKeyArn: KEY_ARN, dashboard: true },
  secretKmsKeyArn: KEY_ARN,
  connectionStrings: {
    secretArn: STRINGS_SECRET_ARN,
    secretKmsKeyArn: KEY_ARN,
    mirrors: [{ mirror: 'oci', secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.strings' }],
  },
  credentialSecretsKmsKeyArn: KEY_ARN,
  walletsKmsKeyArn: KEY_ARN,
  databases: [
    postgres,
    {
      ...oracle,
      trust: {
        walletS3Bucket: 'wallets',
        walletS3Key: 'orders/wallet.zip',
        walletPasswordSecretArn: WALLET_SECRET_ARN,
      },
    },
  ],
  logKmsKeyArn: KEY_ARN,
  environmentKmsKeyArn: KEY_ARN,
  audit: { ...orders.audit, keyParameterKmsKeyArn: KEY_ARN, bucketKmsKeyArn: KEY_ARN },
};

/** What the AwsSolutions rules find that nobody has acknowledged. */
function findingsOf(stack: Stack): readonly string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(stack);
  return violations.map(({ ruleName, violatingResources }) => {
    const paths = violatingResources.map(({ constructPath }) => constructPath);
    return `${ruleName} on ${paths.join(', ')}`;
  });
}

/** All acknowledgements of a stack: on which construct, of which finding, for which reason. */
function acknowledgementsOf(stack: Stack): readonly (readonly [string, string, string])[] {
  const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === key)
        .flatMap(({ data }) =>
          Object.entries(data as Readonly<Record<string, string>>).map(
            ([finding, reason]) =>
              [node.path, finding.replace(/^annotation::/i, ''), reason] as const,
          ),
        ),
    );
}

describe('the AwsSolutions rules', () => {
  test.each<[string, RotationEntry]>([
    ['the least there can be', orders],
    ['everything there can be', everything],
    [
      'keys of KMS that sign its audit trail',
      {
        ...orders,
        audit: {
          keyArn: KEY_ARN,
          formerKeys: [{ keyArn: `${KEY_ARN}-2` }, { keyParameter: '/lockstep/orders/audit-key' }],
          retentionDays: 365,
          lockMode: 'compliance',
        },
      },
    ],
    ['federated access and no VPC', { ...orders, mirrors: [federatedMirror] }],
    ['no account and no region', { ...everything, account: undefined, region: undefined }],
  ])('find nothing that is not acknowledged in a rotation with %s', (_case, rotation) => {
    expect(findingsOf(newStack(rotation))).toEqual([]);
  });

  test('are acknowledged on these constructs and for these findings only, each with a reason', () => {
    const acknowledged = acknowledgementsOf(newStack(everything)).filter(([, finding]) =>
      finding.startsWith('AwsSolutions'),
    );

    expect(acknowledged.map(([path, finding]) => `${path} ${finding}`)).toEqual([
      'Orders/Rotation/Audit AwsSolutions-S1',
      'Orders/Rotation/Function/Role AwsSolutions-IAM5[Resource::*]',
      'Orders/Rotation/Function/Role AwsSolutions-IAM5[Resource::<RotationAudit3A0D2ABC.Arn>/lockstep/orders/*]',
      'Orders/Rotation/Function/Role AwsSolutions-IAM5[Resource::*]',
      'Orders/Rotation/Function/Role AwsSolutions-IAM5[Resource::arn:aws:ec2:eu-central-1:*:*/*]',
      'Orders/Rotation/Inspector/Role AwsSolutions-IAM5[Resource::*]',
      'Orders/Rotation/Inspector/Role AwsSolutions-IAM5[Resource::<RotationAudit3A0D2ABC.Arn>/lockstep/orders/*]',
      'Orders/Rotation/Inspector/Role AwsSolutions-IAM5[Resource::*]',
      'Orders/Rotation/Inspector/Role AwsSolutions-IAM5[Resource::arn:aws:ec2:eu-central-1:*:*/*]',
    ]);
    for (const [, , reason] of acknowledged) expect(reason).toMatch(/^[A-Z].{40,}\.$/);
  });

  test('find what is not acknowledged, so that the tests above can fail', () => {
    const stack = new Stack(newApp(), 'Careless');
    new Bucket(stack, 'Bucket');

    expect(findingsOf(stack)).toEqual([
      'AwsSolutions-S1 on Careless/Bucket/Resource',
      'AwsSolutions-S10 on Careless/Bucket/Resource',
    ]);
  });
});
