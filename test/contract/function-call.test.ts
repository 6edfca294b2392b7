import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from '@jest/globals';
import { callOperation } from '../../cli/function-call.ts';
import { serve, type StandIn } from '../../local/aws/http-stand-in.ts';
import { lambdaService } from '../../local/aws/lambda-server.ts';
import { FaultPlan, type Fault } from '../../local/faults.ts';
import { LambdaInvocationError } from '../../local/lambda/local-lambda.ts';

const TARGET = { functionName: 'lockstep-orders', logGroup: '/aws/lambda/lockstep-orders' };
let server: StandIn;
let client: LambdaClient;
let events: unknown[];

async function start(answer: () => Promise<unknown>, fault?: Fault): Promise<void> {
  events = [];
  const faults = new FaultPlan();
  if (fault !== undefined) faults.add({ call: 'lambda:Invoke', fault, times: 10 });
  const deployed = {
    functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders',
    roleArn: 'arn:aws:iam::111111111111:role/example',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutMs: 180_000,
    memoryMb: 512,
    environment: {},
    lambda: {
      invoke: async (event: unknown) => {
        events.push(event);
        return await answer();
      },
      onLogLine: () => () => undefined,
    },
  };
  server = await serve(lambdaService([deployed]), { faults, journal: [] });
  client = new LambdaClient({
    region: 'eu-west-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'EXAMPLEACCESSKEYID', secretAccessKey: 'example' },
    maxAttempts: 1,
  });
}

afterEach(async () => {
  client.destroy();
  await server.close();
});

function failing(errorType: string, errorMessage: string): () => Promise<never> {
  return () => Promise.reject(new LambdaInvocationError({ errorType, errorMessage }));
}

test('an operation is sent as the function takes it, and its answer handed back', async () => {
  await start(() => Promise.resolve({ username: 'app' }));
  expect(await callOperation(client, TARGET, 'rehearse')).toEqual({ username: 'app' });
  expect(events).toEqual([{ operation: 'rehearse' }]);
});

test('an operation without an answer is no failure', async () => {
  await start(() => Promise.resolve(null));
  expect(await callOperation(client, TARGET, 'revoke')).toBeNull();
});

test('fails when the function fails, with what it says and what it says to do', async () => {
  await start(failing('OverlapError', 'a rotation is under way. Next: wait until it has ended.'));
  await expect(callOperation(client, TARGET, 'revoke')).rejects.toMatchObject({
    message: 'a rotation is under way. (OverlapError)',
    remedy: 'wait until it has ended',
    ending: 'failed',
  });
});

test('fails when the function dies, and names its log', async () => {
  await start(failing('Sandbox.Timedout', 'Task timed out after 180.00 seconds'));
  await expect(callOperation(client, TARGET, 'revoke')).rejects.toMatchObject({
    remedy: 'read the log of the function: aws logs tail /aws/lambda/lockstep-orders --since 1h',
    ending: 'unreachable',
  });
});

test.each<[Fault['kind'], number]>([
  ['loseRequest', 0],
  ['loseReply', 1],
])('fails with the fault %s, and never calls the function again by itself', async (kind, calls) => {
  await start(() => Promise.resolve(null), { kind } as Fault);
  await expect(callOperation(client, TARGET, 'revoke')).rejects.toThrow();
  expect(events).toHaveLength(calls);
});
