import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { DatabaseInstance, DatabaseInstanceEngine } from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AlarmTopic,
  PasswordRotation,
  type PasswordRotationProps,
  RotationAlarms,
  RotationDashboard,
} from '../../lib/index.ts';
import {
  inlineCode,
  mirror,
  newApp,
  onlyResource,
  oracle,
  postgres,
  PROJECT_ROOT,
  SECRET_ARN,
} from './orders.ts';

const EUROPE = { account: '111122223333', region: 'eu-central-1' };

// The CDK's classes do not fit its own interfaces under exactOptionalPropertyTypes, hence `as` for what is made here.

/** The least that a rotation needs, in a stack of someone else's app. */
function leastProps(stack: Stack): PasswordRotationProps {
  return {
    rotationName: 'orders',
    secret: Secret.fromSecretCompleteArn(stack, 'Secret', SECRET_ARN),
    databases: [oracle],
    mirrors: [mirror],
    auditKeyParameter: '/lockstep/orders/audit-key',
    code: inlineCode(),
    inspectorCode: inlineCode(),
  };
}

function stackOf(app: App = newApp()): Stack {
  return new Stack(app, 'Shop', { env: EUROPE });
}

describe('a rotation in someone else’s app', () => {
  test('has defaults for all that is not its own', () => {
    const stack = stackOf();
    const rotation = new PasswordRotation(stack, 'Rotation', leastProps(stack));

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lockstep-orders',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 180,
      VpcConfig: Match.absent(),
      KmsKeyArn: Match.absent(),
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } } },
    });
    expect(rotation.databaseNames).toEqual(['orders-adb']);
    expect(rotation.scheduleTimes).toBeUndefined();
  });

  test('stands beside others in one stack, each with a function and a secret of its own', () => {
    const stack = stackOf();
    const props = leastProps(stack);
    for (const name of ['orders', 'billing']) {
      const secret = new Secret(stack, `${name}-secret`) as ISecret;
      const { databases, mirrors, auditKeyParameter } = props;
      new PasswordRotation(stack, name, {
        rotationName: name,
        secret,
        databases,
        mirrors,
        auditKeyParameter,
        code: inlineCode(),
        inspectorCode: inlineCode(),
      });
    }

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'lockstep-orders' });
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'lockstep-billing' });
  });

  test('takes a secret, a database and a VPC that are made in the same app', () => {
    const stack = stackOf();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc;
    const engine = DatabaseInstanceEngine.POSTGRES;
    const database = new DatabaseInstance(stack, 'Database', { vpc, engine });
    const key = new Key(stack, 'Key');
    const secret = new Secret(stack, 'AppSecret', { encryptionKey: key }) as ISecret;
    new PasswordRotation(stack, 'Rotation', {
      ...leastProps(stack),
      secret,
      databases: [
        {
          ...postgres,
          host: database.dbInstanceEndpointAddress,
          port: database.instanceEndpoint.port,
        },
      ],
      caFolder: PROJECT_ROOT,
      vpc,
    });

    const template = Template.fromStack(stack);
    const { Environment } = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { FunctionName: 'lockstep-orders' },
      }),
    )[0]?.['Properties'] as { readonly Environment: object };
    expect(JSON.stringify(Environment)).toContain('"Endpoint.Port"');
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lockstep-orders',
      VpcConfig: { SecurityGroupIds: [Match.anyValue()] },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Sid: 'UseKeyOfSecret',
                Condition: {
                  StringEquals: {
                    'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com',
                    'kms:EncryptionContext:SecretARN': { Ref: 'AppSecretFAB5164C' },
                  },
                },
              }),
            ]),
          },
        },
      ],
    });
  });

  test('is watched and shown where it is asked for', () => {
    const stack = stackOf();
    const rotation = new PasswordRotation(stack, 'Rotation', {
      ...leastProps(stack),
      scheduleExpression: 'rate(30 days)',
      scheduleDuration: '2h',
    });
    const emails = ['database-team@example.com'];
    const topic = new AlarmTopic(stack, 'Topic', { rotationName: 'orders', emails });
    const noticeCode = inlineCode();
    const alarms = new RotationAlarms(stack, 'Alarms', { rotation, topic, noticeCode });
    new RotationDashboard(stack, 'Dashboard', { rotation, alarms });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    expect(alarms.secretAgeMax?.toDays()).toBe(31);
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      RotationRules: { ScheduleExpression: 'rate(30 days)', Duration: '2h' },
    });
  });

  test('takes a key for its audit trail that is made in the same app', () => {
    const stack = stackOf();
    const auditKey = new Key(stack, 'AuditKey', {
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    }) as IKey;
    const props = { ...leastProps(stack), auditKeyParameter: undefined, auditKey };
    new PasswordRotation(stack, 'Rotation', props);

    const { Policies } = onlyResource(Template.fromStack(stack), 'AWS::IAM::Role').Properties;
    expect(JSON.stringify(Policies)).toContain(
      '"Action":["kms:GenerateMac","kms:VerifyMac"],"Condition":{"StringEquals":{"kms:MacAlgorithm":"HMAC_SHA_256"}},"Effect":"Allow","Resource":{"Fn::GetAtt":["AuditKey',
    );
  });

  test('fails when its audit key is in another region', () => {
    const stack = stackOf();
    const arn = 'arn:aws:kms:us-east-1:111122223333:key/audit';
    const auditKey = Key.fromKeyArn(stack, 'AuditKey', arn);

    expect(
      () =>
        new PasswordRotation(stack, 'Rotation', {
          ...leastProps(stack),
          auditKeyParameter: undefined,
          auditKey,
        }),
    ).toThrow(
      `rotation "orders": the audit key ${arn} must be in eu-central-1, beside the rotated secret`,
    );
  });

  test('fails when nothing signs its audit trail', () => {
    const stack = stackOf();

    expect(
      () =>
        new PasswordRotation(stack, 'Rotation', {
          ...leastProps(stack),
          auditKeyParameter: undefined,
        }),
    ).toThrow('audit.keyParameter: either keyParameter or keyArn');
  });

  test('warns of a CA file whose certificate ends soon', () => {
    const stack = stackOf();
    const caFile = 'test/cdk/ended-ca.pem';
    const { node } = new PasswordRotation(stack, 'Rotation', {
      ...leastProps(stack),
      databases: [{ ...postgres, trust: { caFile } }],
      caFolder: PROJECT_ROOT,
    });

    const warning = node.metadata.find(({ type }) => type === 'aws:cdk:warning');
    expect(warning?.data).toMatch(
      /^rotation "orders": ca\/orders-rds\.pem holds the certificate "ended", which ends on 2020-02-01; deploy with its successor before/,
    );
  });

  test('fails when its secret is imported without its complete ARN', () => {
    const stack = stackOf();
    const secret = Secret.fromSecretNameV2(stack, 'Named', 'orders/app');

    expect(() => new PasswordRotation(stack, 'Rotation', { ...leastProps(stack), secret })).toThrow(
      'rotation "orders": import its secret with the complete ARN (Secret.fromSecretCompleteArn)',
    );
  });

  test('fails when it lives elsewhere than its secret', () => {
    const stack = new Stack(newApp(), 'Shop', { env: { ...EUROPE, region: 'us-east-1' } });

    expect(() => new PasswordRotation(stack, 'Rotation', leastProps(stack))).toThrow(
      'rotation "orders": its region is us-east-1, but its secret is in eu-central-1',
    );
  });

  test.each([59, 901])('fails when its timeout is %d seconds', (seconds) => {
    const stack = stackOf();
    const timeout = Duration.seconds(seconds);

    expect(
      () => new PasswordRotation(stack, 'Rotation', { ...leastProps(stack), timeout }),
    ).toThrow(`rotation "orders": its timeout is ${seconds} seconds; give it 60 to 900`);
  });

  test('fails when endpoints are wanted and there is no VPC', () => {
    const stack = stackOf();

    expect(
      () =>
        new PasswordRotation(stack, 'Rotation', {
          ...leastProps(stack),
          interfaceEndpoints: ['ssm'],
        }),
    ).toThrow('rotation "orders": interface endpoints need a VPC; name the one to run in');
  });

  test('uses the security groups that it is given, and makes none', () => {
    const stack = stackOf();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc;
    const securityGroups = [new SecurityGroup(stack, 'Group', { vpc })];
    new PasswordRotation(stack, 'Rotation', { ...leastProps(stack), vpc, securityGroups });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lockstep-orders',
      VpcConfig: { SecurityGroupIds: [{ 'Fn::GetAtt': ['GroupC77FDACD', 'GroupId'] }] },
    });
  });
});
