import { Capture, Match } from 'aws-cdk-lib/assertions';
import { FunctionConfig } from '../../config/function-config.ts';
import { mirror, onlyResource, oracle, orders, postgres, templateOf, vpc } from './orders.ts';

/** What 3,500 bytes leave to the test query of `postgres`, with the longest name that a bucket can have. */
const QUERY_LENGTH_MAX = 2_779;

describe('the rotation function', () => {
  test('runs on Node 24 for arm64 with the memory and the timeout of its rotation', () => {
    const template = templateOf({ ...orders, memoryMb: 1024, timeoutSeconds: 300 });

    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lockstep-orders',
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1024,
      Timeout: 300,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'RotationFunctionLog35BA0598' } },
      VpcConfig: Match.absent(),
    });
  });

  test('runs one call at a time, unless the account has no execution to reserve', () => {
    templateOf(orders).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lockstep-orders',
      ReservedConcurrentExecutions: 1,
    });
    templateOf({ ...orders, oneAtATime: false }).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lockstep-orders',
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  test('keeps its log for a year in a group that outlives the stack', () => {
    const { Properties, DeletionPolicy } = onlyResource(templateOf(orders), 'AWS::Logs::LogGroup');

    expect(Properties).toEqual({ RetentionInDays: 365 });
    expect(DeletionPolicy).toBe('Retain');
  });

  test('is told where the audit trail is copied to', () => {
    const ociObjectStorage = { mirror: 'oci', namespace: 'axexample', bucket: 'lockstep-audit' };
    const audit = { ...orders.audit, copyTo: { ociObjectStorage } };
    const parts = new Capture();
    templateOf({ ...orders, audit }).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lockstep-orders',
      Environment: { Variables: { LOCKSTEP_CONFIG: { 'Fn::Join': ['', parts] } } },
    });

    const [before, , after] = parts.asArray() as [string, unknown, string];
    const config = FunctionConfig.parse(JSON.parse(`${before}audit-bucket${after}`));
    expect(config.audit.copyTo).toEqual({ ociObjectStorage });
  });

  test('is given its configuration, with the CA file as it lies in the asset', () => {
    const parts = new Capture();
    templateOf(orders).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          LOCKSTEP_CONFIG: { 'Fn::Join': ['', parts] },
          POWERTOOLS_METRICS_NAMESPACE: 'Lockstep',
          POWERTOOLS_SERVICE_NAME: 'lockstep',
        },
      },
    });

    const [before, bucket, after] = parts.asArray() as [string, unknown, string];
    expect(bucket).toEqual({ Ref: 'RotationAudit3A0D2ABC' });
    expect(FunctionConfig.parse(JSON.parse(`${before}audit-bucket${after}`))).toEqual({
      name: 'orders',
      secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3',
      strategy: 'single-user',
      retire: 'next',
      databases: [{ ...postgres, trust: { caFile: 'ca/orders-rds.pem' } }, oracle],
      mirrors: [mirror],
      audit: {
        bucket: 'audit-bucket',
        prefix: 'lockstep/orders/',
        keyParameter: '/lockstep/orders/audit-key',
      },
    });
  });

  test('is told the keys of its audit trail, former ones in the order of the entry', () => {
    const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/audit';
    const formerKeys = [{ keyParameter: '/lockstep/orders/audit-key' }, { keyArn: `${KEY}-1` }];
    const audit = { keyArn: KEY, formerKeys, retentionDays: 365, lockMode: 'governance' } as const;
    const template = templateOf({ ...orders, audit });

    const config = JSON.stringify(template.findResources('AWS::Lambda::Function'));
    expect(config).toContain(
      '\\"keyArn\\":\\"arn:aws:kms:eu-central-1:111122223333:key/audit\\",\\"formerKeys\\":[{\\"keyParameter\\":\\"/lockstep/orders/audit-key\\"},{\\"keyArn\\":\\"arn:aws:kms:eu-central-1:111122223333:key/audit-1\\"}]',
    );
  });

  test('has these environment variables and no other', () => {
    const { Environment } = onlyResource(templateOf(orders), 'AWS::Lambda::Function').Properties;

    const { Variables } = Environment as { readonly Variables: object };
    expect(Object.keys(Variables)).toEqual([
      'LOCKSTEP_CONFIG',
      'POWERTOOLS_METRICS_NAMESPACE',
      'POWERTOOLS_SERVICE_NAME',
    ]);
  });

  test('joins the VPC that is named, without looking anything up', () => {
    templateOf({ ...orders, vpc }).hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: ['subnet-0123aaaa', 'subnet-0123bbbb'],
        SecurityGroupIds: ['sg-0123abcd'],
      },
    });
  });

  test('fails when its configuration does not fit the environment of a function', () => {
    const testQuery = `SELECT ${'1 + '.repeat(800)}1`;

    expect(() => templateOf({ ...orders, databases: [{ ...postgres, testQuery }] })).toThrow(
      /^rotation "orders": its configuration takes \d{4} bytes, and a function holds 3500; /,
    );
  });

  test('accepts a configuration of exactly 3,500 bytes and fails when there is one more', () => {
    const withQuery = (length: number): (() => unknown) => {
      const testQuery = 'x'.repeat(length);
      return () => templateOf({ ...orders, databases: [{ ...postgres, testQuery }] });
    };

    expect(withQuery(QUERY_LENGTH_MAX)).not.toThrow();
    expect(withQuery(QUERY_LENGTH_MAX + 1)).toThrow('takes 3501 bytes');
  });

  test('fails when a database and a mirror have the same name', () => {
    const rotation = { ...orders, mirrors: [{ ...mirror, name: 'orders-adb' }] };

    expect(() => templateOf(rotation)).toThrow(
      'rotation "orders" does not fit its schema: the document: databases and mirrors must have different names',
    );
  });

  test('fails when its name would be longer than Lambda takes', () => {
    expect(() => templateOf({ ...orders, name: 'a'.repeat(56) })).toThrow(
      'is longer than 64 characters',
    );
  });

  test('fails when the availability zones of its VPC have unequal numbers of subnets', () => {
    const rotation = { ...orders, vpc: { ...vpc, subnetIds: ['subnet-0123aaaa'] } };

    expect(() => templateOf(rotation)).toThrow(
      'rotation "orders": give each availability zone of its VPC the same number of subnets',
    );
  });

  test('encrypts its environment, its log and its audit trail with the keys that are named', () => {
    const key = (name: string): string => `arn:aws:kms:eu-central-1:111122223333:key/${name}`;
    const template = templateOf({
      ...orders,
      environmentKmsKeyArn: key('environment'),
      logKmsKeyArn: key('log'),
      audit: { ...orders.audit, bucketKmsKeyArn: key('trail') },
    });

    template.hasResourceProperties('AWS::Lambda::Function', {
      KmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/environment',
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      KmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:key/log',
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: 'arn:aws:kms:eu-central-1:111122223333:key/trail',
            },
          },
        ],
      },
    });
  });
});
