import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { acknowledgeWildcard } from './acknowledgement.ts';
import type { AuditBucket } from './audit-bucket.ts';
import { completeArn } from './complete-arn.ts';
import type { ConnectionStringsProps } from './connection-strings.ts';
import { type AuditKeyPermissionsProps, auditKeyPermissions } from './audit-key-permissions.ts';
import { credentialSecretArns, type Reached } from './credential-secrets.ts';
import { federationPermission } from './federation-permission.ts';
import { keyPermission } from './key-permission.ts';
import { vpcPermissions } from './vpc-permissions.ts';
import { walletPermissions } from './wallet-permissions.ts';

export interface RotationPermissionsProps extends Reached, AuditKeyPermissionsProps {
  /** `read`: nothing in a vault and nothing of the audit trail may be written. */
  readonly access: 'rotate' | 'read';
  readonly rotationName: string;
  /** The complete ARN of the rotated secret. */
  readonly secretArn: string;
  readonly connectionStrings?: ConnectionStringsProps | undefined;
  readonly auditBucket: AuditBucket;
  readonly logGroup: ILogGroup;
  readonly functionName: string;
  readonly isInVpc: boolean;
  readonly secretKey?: IKey | undefined;
  readonly credentialSecretsKey?: IKey | undefined;
  readonly walletsKey?: IKey | undefined;
  readonly environmentKey?: IKey | undefined;
}

/**
 * All that the role of a rotation function may do, or of the one that looks at the rotation: each resource by its own name, each key through one service and for
 * the named things only. Wildcards are acknowledged on the role, each with the reason why there is no way round it.
 */
export function rotationPermissions(
  role: Role,
  props: RotationPermissionsProps,
): readonly PolicyStatement[] {
  const functionArn = Stack.of(role).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: props.functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    ...rotatedSecret(role, props),
    ...connectionStrings(role, props),
    ...credentialSecrets(role, props),
    ...walletPermissions(role, props),
    ...federationPermission(role, props.mirrors),
    ...auditKeyPermissions(role, props),
    ...auditTrail(role, props),
    allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [props.logGroup.logGroupArn]),
    ...keyPermission(role, {
      sid: 'UseKeyOfEnvironment',
      key: props.environmentKey,
      actions: ['kms:Decrypt'],
      service: 'lambda',
      context: { 'aws:lambda:FunctionArn': functionArn },
    }),
    ...(props.isInVpc ? vpcPermissions(role, { functionArn }) : []),
  ];
}

function rotatedSecret(
  role: Role,
  { access, secretArn, secretKey }: RotationPermissionsProps,
): PolicyStatement[] {
  return versionedSecret(role, {
    access,
    secretArn,
    key: secretKey,
    sids: [access === 'read' ? 'ReadSecret' : 'RotateSecret', 'UseKeyOfSecret'],
  });
}

function connectionStrings(
  role: Role,
  { access, rotationName, connectionStrings: { secret } = {} }: RotationPermissionsProps,
): PolicyStatement[] {
  if (secret === undefined) return [];
  return versionedSecret(role, {
    access,
    secretArn: completeArn({ rotationName, secret }),
    key: secret.encryptionKey,
    sids: [
      access === 'read' ? 'ReadConnectionStrings' : 'PublishConnectionStrings',
      'UseKeyOfConnectionStrings',
    ],
  });
}

/** A secret whose versions the function makes and promotes, or only looks at, and its key. */
function versionedSecret(
  role: Role,
  {
    access,
    secretArn,
    key,
    sids: [sid, keySid],
  }: {
    readonly access: RotationPermissionsProps['access'];
    readonly secretArn: string;
    readonly key: IKey | undefined;
    readonly sids: readonly [string, string];
  },
): PolicyStatement[] {
  return [
    allow(
      sid,
      [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:ListSecretVersionIds',
        ...(access === 'read'
          ? []
          : ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage']),
      ],
      [secretArn],
    ),
    ...keyPermission(role, {
      sid: keySid,
      key,
      actions: keyActions(access),
      service: 'secretsmanager',
      context: { SecretARN: secretArn },
    }),
  ];
}

function credentialSecrets(role: Role, props: RotationPermissionsProps): PolicyStatement[] {
  const arns = credentialSecretArns(props);
  return [
    allow('ReadCredentialSecrets', ['secretsmanager:GetSecretValue'], arns),
    ...keyPermission(role, {
      sid: 'UseKeyOfCredentialSecrets',
      key: props.credentialSecretsKey,
      actions: ['kms:Decrypt'],
      service: 'secretsmanager',
      context: { SecretARN: arns },
    }),
  ];
}

function auditTrail(
  role: Role,
  { access, auditBucket: bucket }: RotationPermissionsProps,
): PolicyStatement[] {
  const entries = bucket.arnForObjects(`${bucket.prefix}*`);
  acknowledgeWildcard(
    role,
    entries,
    'Each entry of the audit trail is an object of its own, under a prefix that is of this rotation alone.',
  );
  const keys = allow('ListAuditTrail', ['s3:ListBucket'], [bucket.bucketArn]);
  keys.addCondition('StringLike', { 's3:prefix': `${bucket.prefix}*` });
  return [
    access === 'read'
      ? allow('ReadAuditTrail', ['s3:GetObject'], [entries])
      : allow('WriteAuditTrail', ['s3:GetObject', 's3:PutObject'], [entries]),
    keys,
    // With a bucket key the context is the bucket, not the object.
    ...keyPermission(role, {
      sid: 'UseKeyOfAuditTrail',
      key: bucket.encryptionKey,
      actions: keyActions(access),
      service: 's3',
      context: { 'aws:s3:arn': bucket.bucketArn },
    }),
  ];
}

function keyActions(
  access: RotationPermissionsProps['access'],
): readonly ('kms:Decrypt' | 'kms:GenerateDataKey')[] {
  return access === 'read' ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey'];
}

function allow(sid: string, actions: string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources: [...resources] });
}
