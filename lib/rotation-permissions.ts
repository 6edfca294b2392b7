import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { RotationEntry } from '../config/rotations-file.ts';
import type { AuditBucket } from './audit-bucket.ts';

export interface RotationPermissionsProps {
  /** The rotation, which names every secret, key and parameter that its function uses. */
  readonly rotation: RotationEntry;

  /** Where the function writes its audit trail. */
  readonly auditBucket: AuditBucket;

  /** Where the function writes its log. */
  readonly logGroup: ILogGroup;

  /** Name of the function that the permissions are for. */
  readonly functionName: string;
}

/**
 * All that the role of a rotation function may do: each resource by its own name, each key through one service and for
 * the named secrets only. In a VPC the role must let Lambda manage network interfaces, which cannot be named
 * beforehand; the function's own code is denied the same actions.
 */
export function rotationPermissions(
  scope: Construct,
  props: RotationPermissionsProps,
): PolicyDocument {
  return new PolicyDocument({
    statements: [
      ...rotatedSecret(scope, props.rotation),
      ...credentialSecrets(scope, props.rotation),
      ...auditKey(scope, props.rotation),
      ...auditTrail(props.auditBucket),
      allow(
        'WriteLog',
        ['logs:CreateLogStream', 'logs:PutLogEvents'],
        [props.logGroup.logGroupArn],
      ),
      ...(props.rotation.vpc === undefined ? [] : networkInterfaces(scope, props.functionName)),
    ],
  });
}

function rotatedSecret(scope: Construct, rotation: RotationEntry): PolicyStatement[] {
  const { secretArn, secretKmsKeyArn } = rotation;
  const secret = allow(
    'RotateSecret',
    [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    [secretArn],
  );
  if (secretKmsKeyArn === undefined) return [secret];
  const key = allow('UseKeyOfSecret', ['kms:Decrypt', 'kms:GenerateDataKey'], [secretKmsKeyArn]);
  key.addCondition('StringEquals', {
    'kms:ViaService': viaService(scope, 'secretsmanager'),
    'kms:EncryptionContext:SecretARN': secretArn,
  });
  return [secret, key];
}

function credentialSecrets(scope: Construct, rotation: RotationEntry): PolicyStatement[] {
  const arns = credentialSecretArns(rotation);
  const secrets = allow('ReadCredentialSecrets', ['secretsmanager:GetSecretValue'], arns);
  if (rotation.credentialSecretsKmsKeyArn === undefined) return [secrets];
  const key = allow(
    'UseKeyOfCredentialSecrets',
    ['kms:Decrypt'],
    [rotation.credentialSecretsKmsKeyArn],
  );
  key.addCondition('StringEquals', {
    'kms:ViaService': viaService(scope, 'secretsmanager'),
    'kms:EncryptionContext:SecretARN': arns,
  });
  return [secrets, key];
}

/** The secrets that hold what the function signs in to other systems with: OCI API keys and wallets. */
export function credentialSecretArns({ databases, mirrors }: RotationEntry): string[] {
  const wallets = databases.flatMap(({ trust }) =>
    trust !== 'system' && 'walletSecretArn' in trust ? [trust.walletSecretArn] : [],
  );
  return [...new Set([...mirrors.map(({ auth }) => auth.secretArn), ...wallets])];
}

function auditKey(scope: Construct, { audit }: RotationEntry): PolicyStatement[] {
  const parameterArn = Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: audit.keyParameter.slice(1),
  });
  const parameter = allow('ReadAuditKey', ['ssm:GetParameter'], [parameterArn]);
  if (audit.keyParameterKmsKeyArn === undefined) return [parameter];
  const key = allow('UseKeyOfAuditKey', ['kms:Decrypt'], [audit.keyParameterKmsKeyArn]);
  key.addCondition('StringEquals', {
    'kms:ViaService': viaService(scope, 'ssm'),
    'kms:EncryptionContext:PARAMETER_ARN': parameterArn,
  });
  return [parameter, key];
}

function auditTrail(bucket: AuditBucket): PolicyStatement[] {
  const keys = allow('ListAuditTrail', ['s3:ListBucket'], [bucket.bucketArn]);
  keys.addCondition('StringLike', { 's3:prefix': `${bucket.prefix}*` });
  return [
    allow(
      'WriteAuditTrail',
      ['s3:GetObject', 's3:PutObject'],
      [bucket.arnForObjects(`${bucket.prefix}*`)],
    ),
    keys,
  ];
}

function networkInterfaces(scope: Construct, functionName: string): PolicyStatement[] {
  const actions = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const functionArn = Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    allow('JoinVpc', actions, ['*']),
    new PolicyStatement({
      sid: 'DenyJoinVpcToCode',
      effect: Effect.DENY,
      actions,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  ];
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources });
}

function viaService(scope: Construct, service: string): string {
  return `${service}.${Stack.of(scope).region}.amazonaws.com`;
}
