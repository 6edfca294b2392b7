import type { RotationEntry } from '../../config/rotations-file.ts';
import {
  OCI_SECRET_ARN,
  onlyResource,
  oracle,
  orders,
  postgres,
  mirror,
  SECRET_ARN,
  templateOf,
  vpc,
  WALLET_SECRET_ARN,
} from './orders.ts';

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly unknown[] };
}

const SECRET_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/secret';
const CREDENTIALS_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/credentials';
const PARAMETER_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/parameter';
const AUDIT_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/audit';
const FORMER_AUDIT_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/former-audit';
const TRAIL_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/trail';
const ENVIRONMENT_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/environment';
const PARAMETER_ARN = 'arn:aws:ssm:eu-central-1:111122223333:parameter/lockstep/orders/audit-key';
const BUCKET_ARN = { 'Fn::GetAtt': ['RotationAudit3A0D2ABC', 'Arn'] };

const rotateSecret = {
  Sid: 'RotateSecret',
  Effect: 'Allow',
  Action: [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:ListSecretVersionIds',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
  Resource: SECRET_ARN,
};
const readCredentialSecrets = {
  Sid: 'ReadCredentialSecrets',
  Effect: 'Allow',
  Action: 'secretsmanager:GetSecretValue',
  Resource: OCI_SECRET_ARN,
};
const readAuditKey = {
  Sid: 'ReadAuditKey',
  Effect: 'Allow',
  Action: 'ssm:GetParameter',
  Resource: PARAMETER_ARN,
};
const writeAuditTrail = {
  Sid: 'WriteAuditTrail',
  Effect: 'Allow',
  Action: ['s3:GetObject', 's3:PutObject'],
  Resource: { 'Fn::Join': ['', [BUCKET_ARN, '/lockstep/orders/*']] },
};
const listAuditTrail = {
  Sid: 'ListAuditTrail',
  Effect: 'Allow',
  Action: 's3:ListBucket',
  Resource: BUCKET_ARN,
  Condition: { StringLike: { 's3:prefix': 'lockstep/orders/*' } },
};
const writeLog = {
  Sid: 'WriteLog',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: { 'Fn::GetAtt': ['RotationFunctionLog35BA0598', 'Arn'] },
};

function statementsOf(rotation: RotationEntry): readonly unknown[] {
  const { Policies } = onlyResource(templateOf(rotation), 'AWS::IAM::Role').Properties;
  return (Policies as Policy[]).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

describe('the role of a rotation function', () => {
  test('may use the named secrets, parameter, prefix and log group, and nothing else', () => {
    expect(statementsOf(orders)).toEqual([
      rotateSecret,
      readCredentialSecrets,
      readAuditKey,
      writeAuditTrail,
      listAuditTrail,
      writeLog,
    ]);
  });

  test('may use a key through its service and for the named secrets only', () => {
    const statements = statementsOf({
      ...orders,
      secretKmsKeyArn: SECRET_KEY,
      credentialSecretsKmsKeyArn: CREDENTIALS_KEY,
      environmentKmsKeyArn: ENVIRONMENT_KEY,
      audit: {
        ...orders.audit,
        keyParameterKmsKeyArn: PARAMETER_KEY,
        bucketKmsKeyArn: TRAIL_KEY,
      },
    });

    expect(statements).toEqual([
      rotateSecret,
      {
        Sid: 'UseKeyOfSecret',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: SECRET_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com',
            'kms:EncryptionContext:SecretARN': SECRET_ARN,
          },
        },
      },
      readCredentialSecrets,
      {
        Sid: 'UseKeyOfCredentialSecrets',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: CREDENTIALS_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com',
            'kms:EncryptionContext:SecretARN': [OCI_SECRET_ARN],
          },
        },
      },
      readAuditKey,
      {
        Sid: 'UseKeyOfAuditKey',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: PARAMETER_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': 'ssm.eu-central-1.amazonaws.com',
            'kms:EncryptionContext:PARAMETER_ARN': PARAMETER_ARN,
          },
        },
      },
      writeAuditTrail,
      listAuditTrail,
      {
        Sid: 'UseKeyOfAuditTrail',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: TRAIL_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': 's3.eu-central-1.amazonaws.com',
            'kms:EncryptionContext:aws:s3:arn': BUCKET_ARN,
          },
        },
      },
      writeLog,
      {
        Sid: 'UseKeyOfEnvironment',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: ENVIRONMENT_KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': 'lambda.eu-central-1.amazonaws.com',
            'kms:EncryptionContext:aws:lambda:FunctionArn':
              'arn:aws:lambda:eu-central-1:111122223333:function:lockstep-orders',
          },
        },
      },
    ]);
  });

  test('may sign and verify with a key of KMS, and then reads no parameter', () => {
    const audit = { keyArn: AUDIT_KEY, retentionDays: 365, lockMode: 'governance' } as const;

    expect(statementsOf({ ...orders, audit })).toEqual([
      rotateSecret,
      readCredentialSecrets,
      {
        Sid: 'SignAuditTrail',
        Effect: 'Allow',
        Action: ['kms:GenerateMac', 'kms:VerifyMac'],
        Resource: AUDIT_KEY,
        Condition: { StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } },
      },
      writeAuditTrail,
      listAuditTrail,
      writeLog,
    ]);
  });

  test('may verify with former keys of the trail, and not sign', () => {
    const formerKeys = [
      { keyArn: FORMER_AUDIT_KEY },
      { keyParameter: '/lockstep/orders/audit-key' },
    ];
    const audit = {
      keyArn: AUDIT_KEY,
      formerKeys,
      retentionDays: 365,
      lockMode: 'governance',
    } as const;
    const statements = statementsOf({ ...orders, audit });

    expect(statements).toContainEqual(readAuditKey);
    expect(statements).toContainEqual({
      Sid: 'VerifyAuditTrail',
      Effect: 'Allow',
      Action: 'kms:VerifyMac',
      Resource: FORMER_AUDIT_KEY,
      Condition: { StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } },
    });
  });

  test('lets Lambda manage network interfaces of the region in a VPC, and denies that to the code', () => {
    const look = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
    const manage = [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:UnassignPrivateIpAddresses',
    ];

    expect(statementsOf({ ...orders, vpc })).toEqual([
      rotateSecret,
      readCredentialSecrets,
      readAuditKey,
      writeAuditTrail,
      listAuditTrail,
      writeLog,
      { Sid: 'LookAtVpc', Effect: 'Allow', Action: look, Resource: '*' },
      {
        Sid: 'JoinVpc',
        Effect: 'Allow',
        Action: manage,
        Resource: 'arn:aws:ec2:eu-central-1:*:*/*',
      },
      {
        Sid: 'DenyVpcToCode',
        Effect: 'Deny',
        Action: [
          'ec2:AssignPrivateIpAddresses',
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:UnassignPrivateIpAddresses',
        ],
        Resource: '*',
        Condition: {
          ArnEquals: {
            'lambda:SourceFunctionArn':
              'arn:aws:lambda:eu-central-1:111122223333:function:lockstep-orders',
          },
        },
      },
    ]);
  });

  test('may read the wallet too, and names a secret once that two mirrors share', () => {
    const statements = statementsOf({
      ...orders,
      databases: [postgres, { ...oracle, trust: { walletSecretArn: WALLET_SECRET_ARN } }],
      mirrors: [mirror, { ...mirror, name: 'oci-2' }],
    });

    expect(statements).toContainEqual({
      ...readCredentialSecrets,
      Resource: [OCI_SECRET_ARN, WALLET_SECRET_ARN],
    });
  });
});
