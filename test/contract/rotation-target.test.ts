import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from '@jest/globals';
import { listTargets, readTarget } from '../../cli/rotation-target.ts';
import { serve, type StandIn } from '../../local/aws/http-stand-in.ts';
import { lambdaService, type DeployedFunction } from '../../local/aws/lambda-server.ts';
import { FaultPlan } from '../../local/faults.ts';

let server: StandIn;
let client: LambdaClient;

function config(name: string): string {
  return JSON.stringify({
    name,
    secretArn: `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${name}-a1B2c3`,
    databases: [
      {
        name: 'rds',
        engine: 'postgres',
        host: 'rds.example.com',
        port: 5432,
        database: 'orders',
        trust: 'system',
      },
    ],
    mirrors: [
      {
        name: 'oci',
        type: 'oci-vault',
        secretOcid: 'ocid1.vaultsecret.oc1..example',
        region: 'eu-frankfurt-1',
        auth: {
          type: 'api-key',
          secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:key-a1B2c3',
        },
      },
    ],
    audit: { bucket: 'the-bucket', prefix: 'lockstep/orders/', keyParameter: '/lockstep/key' },
  });
}

function deployed(name: string, environment: Record<string, string>): DeployedFunction {
  return {
    functionArn: `arn:aws:lambda:eu-west-1:111111111111:function:${name}`,
    roleArn: 'arn:aws:iam::111111111111:role/example',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutMs: 180_000,
    memoryMb: 512,
    environment,
    lambda: { invoke: () => Promise.resolve(null), onLogLine: () => () => undefined },
  };
}

async function start(functions: readonly DeployedFunction[]): Promise<void> {
  server = await serve(lambdaService(functions), { faults: new FaultPlan(), journal: [] });
  client = new LambdaClient({
    region: 'eu-west-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'EXAMPLEACCESSKEYID', secretAccessKey: 'example' },
  });
}

afterEach(async () => {
  client.destroy();
  await server.close();
});

test('a rotation is read from its function', async () => {
  await start([deployed('lockstep-orders', { LOCKSTEP_CONFIG: config('orders') })]);
  expect(await readTarget(client, 'orders')).toMatchObject({
    name: 'orders',
    functionName: 'lockstep-orders',
    logGroup: '/aws/lambda/lockstep-orders',
    region: 'eu-west-1',
    config: { secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-a1B2c3' },
  });
});

test('fails when there is no such function, saying where it looked', async () => {
  await start([]);
  await expect(readTarget(client, 'orders')).rejects.toMatchObject({
    message: 'there is no rotation "orders" in eu-west-1: no function lockstep-orders',
    ending: 'unreachable',
  });
});

test.each([
  ['has no configuration', {}],
  ['has one that this version does not know', { LOCKSTEP_CONFIG: '{"name":"orders"}' }],
])('fails when the function %s', async (_what, environment) => {
  await start([deployed('lockstep-orders', environment)]);
  await expect(readTarget(client, 'orders')).rejects.toMatchObject({
    name: 'CommandError',
    message: expect.stringContaining('is no rotation that this version knows') as unknown,
  });
});

test('all rotations are found over the pages, by name, and other functions passed over', async () => {
  const others = Array.from({ length: 60 }, (_, index) => deployed(`other-${index}`, {}));
  await start([
    deployed('lockstep-payments', { LOCKSTEP_CONFIG: config('payments') }),
    ...others,
    deployed('lockstep-of-somebody', {}),
    deployed('lockstep-orders', { LOCKSTEP_CONFIG: config('orders') }),
  ]);
  const targets = await listTargets(client);
  expect(targets.map(({ name }) => name)).toEqual(['orders', 'payments']);
});
