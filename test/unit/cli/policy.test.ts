import { expect, test } from '@jest/globals';
import { awsOperatorPolicies } from '../../../cli/policy/aws-operator-policy.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3';
const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:lockstep-orders';
const ENVIRONMENT_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/environment';
const BUCKET_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/bucket';
const audit = { keyParameter: '/lockstep/orders/audit-key', retentionDays: 365 };

function granted(keys: { environment?: string; bucket?: string }): Record<string, string[]> {
  const rotation = {
    name: 'orders',
    secretArn: SECRET,
    audit: { ...audit, ...(keys.bucket && { bucketKmsKeyArn: keys.bucket }) },
    ...(keys.environment && { environmentKmsKeyArn: keys.environment }),
  };
  const policies = awsOperatorPolicies(rotation, { auditBucket: 'the-bucket' });
  return Object.fromEntries(
    policies.map(({ commands, statements }) => [
      commands,
      statements.flatMap(({ Action: actions, Resource: resource }) =>
        actions.map((action) => `${action} ${resource}`),
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
