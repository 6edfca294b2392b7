import { audit, database, mirror, orders, parse, refusalOf } from './rotations-fixture.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/0123-abcd';
const OTHER_SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:billing/app-j1K2l3';

const vpc = {
  vpcId: 'vpc-0123abcd',
  availabilityZones: ['eu-central-1a'],
  subnetIds: ['subnet-0123abcd'],
  securityGroupIds: ['sg-0123abcd'],
};
describe('rotations.json', () => {
  test('gives what is left out its default', () => {
    expect(parse({ rotations: [orders] })).toEqual({
      rotations: [
        {
          ...orders,
          strategy: 'single-user',
          retire: 'next',
          audit: { ...audit, retentionDays: 365, lockMode: 'governance' },
          timeoutSeconds: 180,
          memoryMb: 512,
          oneAtATime: true,
        },
      ],
    });
  });

  test('takes every setting there is', () => {
    const rotation = {
      ...orders,
      account: '111122223333',
      region: 'eu-central-1',
      secretKmsKeyArn: KEY_ARN,
      credentialSecretsKmsKeyArn: KEY_ARN,
      strategy: 'single-user',
      retire: { afterHours: 24 },
      audit: {
        ...audit,
        formerKeys: [{ keyArn: KEY_ARN }],
        keyParameterKmsKeyArn: KEY_ARN,
        retentionDays: 30,
        lockMode: 'compliance',
      },
      schedule: { expression: 'cron(0 3 1 * ? *)', duration: '2h' },
      vpc,
      timeoutSeconds: 900,
      memoryMb: 1024,
      oneAtATime: false,
    };
    const document = { $schema: './config/rotations.schema.json', rotations: [rotation] };

    expect(parse(document)).toEqual(document);
  });

  test.each<[string, object, string]>([
    [
      'the ARN of the secret lacks its six random characters',
      { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders' },
      'secretArn: the complete ARN of a secret, with its six random characters',
    ],
    [
      'the secret is given by name',
      { secretArn: 'orders/app-a1B2c3' },
      'secretArn: the complete ARN of a secret, with its six random characters',
    ],
    ['the name begins with a digit', { name: '1orders' }, 'name: letters, digits, hyphens'],
    ['the name has 64 characters', { name: 'a'.repeat(64) }, 'name: letters, digits, hyphens'],
    ['the account has eleven digits', { account: '11112222333' }, 'account: an AWS account id'],
    [
      'the key of the secret is an alias',
      { secretKmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/orders' },
      'secretKmsKeyArn: the ARN of a KMS key',
    ],
    [
      'the key of the credential secrets is an id',
      { credentialSecretsKmsKeyArn: '0123-abcd' },
      'credentialSecretsKmsKeyArn: the ARN of a KMS key',
    ],
    [
      'the key of the parameter is an id',
      { audit: { ...audit, keyParameterKmsKeyArn: '0123-abcd' } },
      'audit.keyParameterKmsKeyArn: the ARN of a KMS key',
    ],
    [
      'the audit trail has no key',
      { audit: {} },
      'audit.keyParameter: either keyParameter or keyArn',
    ],
    [
      'the audit trail has two keys that sign',
      { audit: { ...audit, keyArn: KEY_ARN } },
      'audit.keyParameter: either keyParameter or keyArn',
    ],
    [
      'the audit key is an alias',
      { audit: { keyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/audit' } },
      'audit.keyArn: the ARN of a KMS key',
    ],
    [
      'a former parameter stands beside the present one',
      { audit: { ...audit, formerKeys: [{ keyParameter: '/other' }] } },
      'audit.formerKeys: one keyParameter at most, the present one included',
    ],
    [
      'there are two former parameters',
      {
        audit: { keyArn: KEY_ARN, formerKeys: [{ keyParameter: '/a' }, { keyParameter: '/b' }] },
      },
      'audit.formerKeys: one keyParameter at most, the present one included',
    ],
    [
      'a former key is the present one',
      { audit: { keyArn: KEY_ARN, formerKeys: [{ keyArn: KEY_ARN }] } },
      'audit.formerKeys: each key once',
    ],
    [
      'a key encrypts a parameter that is not there',
      { audit: { keyArn: KEY_ARN, keyParameterKmsKeyArn: KEY_ARN } },
      'audit: keyParameterKmsKeyArn is for a keyParameter',
    ],
    ['there is no database', { databases: [] }, 'databases: Too small'],
    ['there are nine databases', { databases: Array(9).fill(database) }, 'databases: Too big'],
    ['there is no mirror', { mirrors: [] }, 'mirrors: Too small'],
    ['there are five mirrors', { mirrors: Array(5).fill(mirror) }, 'mirrors: Too big'],
    [
      'the key parameter has no full name',
      { audit: { keyParameter: 'audit-key' } },
      'audit.keyParameter: the full name of an SSM parameter',
    ],
    [
      'entries are kept for no day',
      { audit: { ...audit, retentionDays: 0 } },
      'audit.retentionDays: Too small',
    ],
    [
      'entries are kept for more than ten years',
      { audit: { ...audit, retentionDays: 3_651 } },
      'audit.retentionDays: Too big',
    ],
    ['the strategy is another', { strategy: 'two-users' }, 'strategy: Invalid'],
    [
      'users alternate and are not named',
      { strategy: 'alternating-users' },
      'users: two users, where users alternate',
    ],
    [
      'users alternate with themselves',
      { strategy: 'alternating-users', users: ['app', 'app'] },
      'users: two different users',
    ],
    [
      'one user of two is named',
      { strategy: 'alternating-users', users: ['app'] },
      'users: Too small',
    ],
    [
      'users are named and do not alternate',
      { users: ['app_a', 'app_b'] },
      'users: only where users alternate',
    ],
    [
      'users alternate and the old password is to end by itself',
      {
        strategy: 'alternating-users',
        users: ['app_a', 'app_b'],
        retire: { afterHours: 1 },
      },
      'retire: next, where users alternate',
    ],
    [
      'the old password is to end at once',
      { retire: { afterHours: 0 } },
      'retire.afterHours: Too small',
    ],
    [
      'the schedule is neither cron nor rate',
      { schedule: { expression: 'every sunday' } },
      'schedule.expression: cron(…) or rate(…) as Secrets Manager takes it, in UTC',
    ],
    [
      'the window is given in minutes',
      { schedule: { expression: 'rate(30 days)', duration: '90m' } },
      'schedule.duration: hours, such as 2h',
    ],
    ['the VPC is given by name', { vpc: { ...vpc, vpcId: 'main' } }, 'vpc.vpcId: a VPC id'],
    ['a subnet is given by name', { vpc: { ...vpc, subnetIds: ['a'] } }, '0: a subnet id'],
    ['there is no subnet', { vpc: { ...vpc, subnetIds: [] } }, 'vpc.subnetIds: Too small'],
    [
      'a security group is given by name',
      { vpc: { ...vpc, securityGroupIds: ['a'] } },
      'vpc.securityGroupIds.0: a security group id',
    ],
    ['the timeout is below a minute', { timeoutSeconds: 59 }, 'timeoutSeconds: Too small'],
    ['the timeout is above 15 minutes', { timeoutSeconds: 901 }, 'timeoutSeconds: Too big'],
    ['there is too little memory', { memoryMb: 128 }, 'memoryMb: Too small'],
    ['there is too much memory', { memoryMb: 4_096 }, 'memoryMb: Too big'],
    ['it holds a password', { password: 'hunter2' }, '0: Unrecognized key: "password"'],
    [
      'its VPC has a key that is not known',
      { vpc: { ...vpc, cidr: '10.0.0.0/8' } },
      'vpc: Unrecognized key: "cidr"',
    ],
    [
      'its schedule has a key that is not known',
      { schedule: { expression: 'rate(30 days)', zone: 'CET' } },
      'schedule: Unrecognized key: "zone"',
    ],
    [
      'its audit has a key that is not known',
      { audit: { ...audit, bucket: 'mine' } },
      'audit: Unrecognized key: "bucket"',
    ],
  ])('fails when %s', (_case, change, message) => {
    expect(refusalOf({ ...orders, ...change })).toContain(message);
  });

  test('fails when there is no rotation', () => {
    expect(refusalOf()).toContain('rotations: Too small');
  });

  test('fails when two rotations have the same name', () => {
    expect(refusalOf(orders, { ...orders, secretArn: OTHER_SECRET_ARN })).toBe(
      'the document: rotations must have different names',
    );
  });

  test('fails when two rotations have the same secret', () => {
    expect(refusalOf(orders, { ...orders, name: 'billing' })).toBe(
      'the document: a secret can have one rotation only',
    );
  });
});
