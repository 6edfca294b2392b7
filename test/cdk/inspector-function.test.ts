import type { RotationEntry } from '../../config/rotations-file.ts';
import {
  federatedMirror,
  inspectorResource,
  mirror,
  OCI_SECRET_ARN,
  onlyResource,
  orders,
  SECRET_ARN,
  templateOf,
  vpc,
} from './orders.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/example';
const READ_ONLY_KEY_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-read-j1K2l3';
const BUCKET_ARN = { 'Fn::GetAtt': ['RotationAudit3A0D2ABC', 'Arn'] };

function statementsOf(rotation: RotationEntry): readonly Statement[] {
  const { Properties } = inspectorResource(templateOf(rotation), 'AWS::IAM::Role');
  const { Policies, ManagedPolicyArns } = Properties;
  expect(ManagedPolicyArns).toBeUndefined();
  return (Policies as Policy[]).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function configOf(template: ReturnType<typeof templateOf>, find: typeof onlyResource): string {
  const { Environment } = find(template, 'AWS::Lambda::Function').Properties as {
    Environment: { Variables: { LOCKSTEP_CONFIG: unknown } };
  };
  return JSON.stringify(Environment.Variables.LOCKSTEP_CONFIG);
}

describe('the inspector', () => {
  test('may read the named secrets, parameter and prefix, write its log, and nothing else', () => {
    const statements = statementsOf(orders);
    expect(statements.map(({ Sid, Effect, Action }) => ({ Sid, Effect, Action }))).toEqual([
      {
        Sid: 'ReadSecret',
        Effect: 'Allow',
        Action: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:ListSecretVersionIds',
        ],
      },
      { Sid: 'ReadCredentialSecrets', Effect: 'Allow', Action: 'secretsmanager:GetSecretValue' },
      { Sid: 'ReadAuditKey', Effect: 'Allow', Action: 'ssm:GetParameter' },
      { Sid: 'ReadAuditTrail', Effect: 'Allow', Action: 's3:GetObject' },
      { Sid: 'ListAuditTrail', Effect: 'Allow', Action: 's3:ListBucket' },
      {
        Sid: 'WriteLog',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      },
    ]);
    expect(statements.map(({ Resource }) => Resource)).toEqual([
      SECRET_ARN,
      OCI_SECRET_ARN,
      'arn:aws:ssm:eu-central-1:111122223333:parameter/lockstep/orders/audit-key',
      { 'Fn::Join': ['', [BUCKET_ARN, '/lockstep/orders/*']] },
      BUCKET_ARN,
      { 'Fn::GetAtt': [expect.stringMatching(/^RotationInspectorLog/), 'Arn'] },
    ]);
  });

  test('may decrypt with the customer’s keys, and encrypt with none', () => {
    const statements = statementsOf({
      ...orders,
      secretKmsKeyArn: KEY,
      credentialSecretsKmsKeyArn: KEY,
      environmentKmsKeyArn: KEY,
      audit: { ...orders.audit, keyParameterKmsKeyArn: KEY, bucketKmsKeyArn: KEY },
    });
    const uses = statements.filter(({ Resource }) => Resource === KEY);
    expect(uses.map(({ Action }) => Action)).toEqual(Array(5).fill('kms:Decrypt'));
  });

  test('signs in to OCI with a key of its own where one is named, and the rotation function does not', () => {
    const inspectionAuth = { type: 'api-key', secretArn: READ_ONLY_KEY_ARN } as const;
    const rotation = { ...orders, mirrors: [{ ...mirror, inspectionAuth }] };
    const credentials = statementsOf(rotation).find(({ Sid }) => Sid === 'ReadCredentialSecrets');
    expect(credentials?.Resource).toBe(READ_ONLY_KEY_ARN);
    const template = templateOf(rotation);
    expect(configOf(template, inspectorResource)).toContain(READ_ONLY_KEY_ARN);
    expect(configOf(template, inspectorResource)).not.toContain(OCI_SECRET_ARN);
    expect(configOf(template, onlyResource)).not.toContain(READ_ONLY_KEY_ARN);
  });

  test('may ask AWS to vouch for it where its own way to OCI is by that, and only there', () => {
    const inspectionAuth = { type: 'api-key', secretArn: READ_ONLY_KEY_ARN } as const;
    const mirrors = [federatedMirror];
    const own = statementsOf({ ...orders, mirrors });
    expect(own.find(({ Sid }) => Sid === 'ProveItselfToOci')).toMatchObject({
      Action: 'sts:GetWebIdentityToken',
      Condition: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['urn:lockstep:oci'] },
      },
    });
    const byKey = statementsOf({ ...orders, mirrors: [{ ...federatedMirror, inspectionAuth }] });
    expect(byKey.map(({ Sid }) => Sid)).not.toContain('ProveItselfToOci');
  });

  test('writes nothing in any service, whatever a rotation is made of', () => {
    const statements = statementsOf({ ...orders, mirrors: [federatedMirror], vpc });
    const actions = statements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
      .filter((action) => !/^(logs|ec2):/.test(action));
    expect(actions.filter((action) => !/^[a-z0-9]+:(Get|List|Describe)/.test(action))).toEqual([]);
  });

  test('stands in the network of the rotation function', () => {
    const template = templateOf({ ...orders, vpc });
    const { VpcConfig: own } = inspectorResource(template, 'AWS::Lambda::Function').Properties;
    const { VpcConfig: other } = onlyResource(template, 'AWS::Lambda::Function').Properties;
    expect(own).toEqual({
      SubnetIds: ['subnet-0123aaaa', 'subnet-0123bbbb'],
      SecurityGroupIds: ['sg-0123abcd'],
    });
    expect(other).toEqual(own);
  });

  test('has a name that no rotation function can have', () => {
    const { Properties } = inspectorResource(templateOf(orders), 'AWS::Lambda::Function');
    expect(Properties['FunctionName']).toBe('lockstep_inspector-orders');
  });

  test('fails when its name would be longer than Lambda takes', () => {
    expect(() => templateOf({ ...orders, name: 'a'.repeat(46) })).toThrow(
      'is longer than 64 characters',
    );
  });
});
