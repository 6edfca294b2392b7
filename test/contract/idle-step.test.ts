import {
  CreateSecretCommand,
  DescribeSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createHandler, type Handler } from '../../lambda/handler.ts';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import { configOf } from './deployed-function.ts';

const CREDENTIALS = {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: 'EXAMPLEACCESSKEYID',
  AWS_SECRET_ACCESS_KEY: 'example-secret-access-key-of-nobody',
};
const invocation = {
  awsRequestId: 'request-1',
  functionVersion: '1',
  getRemainingTimeInMillis: () => 60_000,
};

describe('a step of a rotation that is over', () => {
  const before = { ...process.env };
  let aws: AwsServer;
  let secretArn: string;
  let versionId: string;
  let handler: Handler;

  beforeAll(async () => {
    const rotation = {
      invoke: async () => {
        await Promise.resolve();
      },
    };
    aws = await startAwsServer({ rotation });
    // The SDK looks at the process's own.
    Object.assign(process.env, CREDENTIALS, aws.environment);
    const client = new SecretsManagerClient();
    const SecretString = JSON.stringify({ username: 'app', password: 'example' });
    const { ARN = '' } = await client.send(
      new CreateSecretCommand({ Name: 'orders/app', SecretString }),
    );
    const { VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId: ARN }),
    );
    client.destroy();
    secretArn = ARN;
    [versionId = ''] = Object.keys(VersionIdsToStages);
    const config = JSON.stringify(
      configOf({
        secretArn,
        audit: { bucket: 'audit', prefix: 'lockstep/orders/', keyParameter: '/lockstep/key' },
      }),
    );
    handler = createHandler({ ...aws.environment, LOCKSTEP_CONFIG: config });
  });

  afterAll(async () => {
    process.env = before;
    await aws.close();
  });

  test.each(['createSecret', 'setSecret', 'testSecret'])(
    'asks once whether %s has anything to do, and reaches nothing else',
    async (step) => {
      const seen = aws.requests.length;

      await handler({ Step: step, SecretId: secretArn, ClientRequestToken: versionId }, invocation);

      expect(aws.requests.slice(seen)).toEqual([
        { service: 'secretsmanager', operation: 'DescribeSecret', status: 200 },
      ]);
    },
  );
});
