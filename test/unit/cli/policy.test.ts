import { expect, test } from '@jest/globals';
import { awsOperatorPolicies } from '../../../cli/policy/aws-operator-policy.ts';
import type { AuditKeys } from '../../../config/audit-config.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3';
const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:lockstep-orders';
const ENVIRONMENT_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/environment';
const BUCKET_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/bucket';
const PARAMETER = 'arn:aws:ssm:eu-central-1:111122223333:parameter/lockstep/orders/audit-key';
const audit = {
  keyParameter: '/lockstep/orders/audit-key',
  retentionDays: 365,
  lockMode: 'governance',
} as const;

function granted(
  keys: { environment?: string; bucket?: string; secret?: string },
  trail: AuditKeys & { readonly keyParameterKmsKeyArn?: string } = audit,
): Record<string, string[]> {
  const rotation = {
    name: 'orders',
    secretArn: SECRET,
    audit: {
      retentionDays: 365,
      lockMode: 'governance' as const,
      keyParameter: trail.keyParameter,
      keyArn: trail.keyArn,
      formerKeys: trail.formerKeys && [...trail.formerKeys],
      keyParameterKmsKeyArn: trail.keyParameterKmsKeyArn,
      ...(keys.bucket && { bucketKmsKeyArn: keys.bucket }),
    },
    ...(keys.secret && { secretKmsKeyArn: keys.secret }),
    ...(keys.environment && { environmentKmsKeyArn: keys.environment }),
  };
  const policies = awsOperatorPolicies(rotation, {
    auditBucket: 'the-bucket',
    roleStatements: [{ Sid: 'RotateSecret' }, { Sid: 'WriteLog' }],
  });
  return Object.fromEntries(
    policies.map(({ commands, statements }) => [
      commands,
      statements.flatMap((statement) =>
        'Action' in statement
          ? statement.Action.map((action) => `${action} ${statement.Resource}`)
          : [`all of ${statement.Sid}`],
      ),
    ]),
  );
}

test('an operator needs the function, the secret, and to watch a rotation the audit trail', () => {
  const find = `lambda:GetFunctionConfiguration ${FUNCTION}`;
  const call = `lambda:InvokeFunction ${FUNCTION}`;
  const rotate = [
    `secretsmanager:DescribeSecret ${SECRET}`,
    `secretsmanager:ListSecretVersionIds ${SECRET}`,
    `secretsmanager:RotateSecret ${SECRET}`,
  ];
  expect(granted({})).toEqual({
    rotate: [find, call, ...rotate],
    'rotate --watch': [
      find,
      call,
      ...rotate,
      's3:ListBucket arn:aws:s3:::the-bucket',
      's3:GetObject arn:aws:s3:::the-bucket/lockstep/orders/*',
    ],
    'rotate --dry-run, revoke, clear-refusals': [find, call],
    status: [
      find,
      'lambda:InvokeFunction arn:aws:lambda:eu-central-1:111122223333:function:lockstep_inspector-orders',
      `secretsmanager:DescribeSecret ${SECRET}`,
    ],
    doctor: [
      find,
      'lambda:InvokeFunction arn:aws:lambda:eu-central-1:111122223333:function:lockstep_inspector-orders',
      `secretsmanager:DescribeSecret ${SECRET}`,
      `secretsmanager:ListSecretVersionIds ${SECRET}`,
      `lambda:GetPolicy ${FUNCTION}`,
      'cloudtrail:LookupEvents *',
      's3:GetBucketObjectLockConfiguration arn:aws:s3:::the-bucket',
      's3:GetBucketPolicy arn:aws:s3:::the-bucket',
      's3:ListBucket arn:aws:s3:::the-bucket',
      's3:GetObject arn:aws:s3:::the-bucket/lockstep/orders/*',
      `ssm:GetParameter ${PARAMETER}`,
    ],
    'audit verify, audit list, audit report': [
      find,
      `secretsmanager:DescribeSecret ${SECRET}`,
      `secretsmanager:ListSecretVersionIds ${SECRET}`,
      's3:ListBucket arn:aws:s3:::the-bucket',
      's3:GetObject arn:aws:s3:::the-bucket/lockstep/orders/*',
      `ssm:GetParameter ${PARAMETER}`,
    ],
    bootstrap: [`ssm:GetParameter ${PARAMETER}`, `ssm:PutParameter ${PARAMETER}`],
    'recover, adopt': [find, 'all of RotateSecret'],
  });
});

test('keys of the customer are to be used where there are some', () => {
  const { 'rotate --watch': watch } = granted({
    environment: ENVIRONMENT_KEY,
    bucket: BUCKET_KEY,
  });
  expect(watch).toContain(`kms:Decrypt ${ENVIRONMENT_KEY}`);
  expect(watch).toContain(`kms:Decrypt ${BUCKET_KEY}`);
});

test('doctor looks at the state of each key of the customer', () => {
  const keys = [1, 2].map((number) => `arn:aws:kms:eu-central-1:111122223333:key/audit-${number}`);
  const [keyArn = '', former = ''] = keys;
  const policies = granted({ secret: BUCKET_KEY }, { keyArn, formerKeys: [{ keyArn: former }] });
  expect(policies['doctor']?.filter((one) => one.startsWith('kms:DescribeKey'))).toEqual([
    'kms:DescribeKey arn:aws:kms:eu-central-1:111122223333:key/bucket',
    'kms:DescribeKey arn:aws:kms:eu-central-1:111122223333:key/audit-1',
    'kms:DescribeKey arn:aws:kms:eu-central-1:111122223333:key/audit-2',
  ]);
});

test('an auditor verifies with keys of KMS and signs with none; there is then nothing to bootstrap', () => {
  const [present, former] = [`${BUCKET_KEY}-1`, `${BUCKET_KEY}-2`];
  const formerKeys = [{ keyArn: former }, { keyParameter: '/lockstep/orders/audit-key' }];
  const policies = granted({}, { keyArn: present, formerKeys, keyParameterKmsKeyArn: BUCKET_KEY });
  expect(policies['audit verify, audit list, audit report']?.slice(-4)).toEqual([
    `kms:VerifyMac ${present}`,
    `kms:VerifyMac ${former}`,
    `ssm:GetParameter ${PARAMETER}`,
    `kms:Decrypt ${BUCKET_KEY}`,
  ]);
  expect(policies['bootstrap']).toBeUndefined();
});
