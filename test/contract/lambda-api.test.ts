import {
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serve, type StandIn } from '../../local/aws/http-stand-in.ts';
import { lambdaService, type DeployedFunction } from '../../local/aws/lambda-server.ts';
import { FaultPlan } from '../../local/faults.ts';
import { LambdaInvocationError } from '../../local/lambda/local-lambda.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111111111111:function:';
let faults: FaultPlan;
let server: StandIn;
let client: LambdaClient;
let invoked: unknown[];

function deployed(
  name: string,
  invoke: (event: unknown) => Promise<unknown> = (event) => {
    invoked.push(event);
    return Promise.resolve({ echoed: event });
  },
): DeployedFunction {
  const listeners = new Set<(line: string) => void>();
  return {
    functionArn: `${ARN}${name}`,
    roleArn: 'arn:aws:iam::111111111111:role/example',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutMs: 180_000,
    memoryMb: 512,
    environment: { LOCKSTEP_CONFIG: '{}' },
    lambda: {
      invoke: async (event) => {
        for (const listener of listeners) listener('a line of the log');
        return await invoke(event);
      },
      onLogLine: (listener) => {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
        };
      },
    },
  };
}

async function start(functions: readonly DeployedFunction[]): Promise<void> {
  server = await serve(lambdaService(functions), { faults, journal: [] });
  client = new LambdaClient({
    region: 'eu-west-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'EXAMPLEACCESSKEYID', secretAccessKey: 'example' },
    maxAttempts: 1,
  });
}

beforeEach(() => {
  faults = new FaultPlan();
  invoked = [];
});

afterEach(async () => {
  client.destroy();
  await server.close();
});

describe('Invoke', () => {
  test('answers with what the function answers, and with the tail of the log where that is asked for', async () => {
    await start([deployed('lockstep-orders')]);
    const answer = await client.send(
      new InvokeCommand({
        FunctionName: 'lockstep-orders',
        Payload: Buffer.from('{"operation":"watch"}'),
        LogType: 'Tail',
      }),
    );
    expect(Buffer.from(answer.Payload ?? '').toString()).toBe('{"echoed":{"operation":"watch"}}');
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.ExecutedVersion).toBe('$LATEST');
    expect(Buffer.from(answer.LogResult ?? '', 'base64').toString()).toBe('a line of the log\n');
  });

  test('answers with status 200 and the header of a failed function', async () => {
    const error = new LambdaInvocationError({ errorType: 'OverlapError', errorMessage: 'no' });
    await start([deployed('lockstep-orders', () => Promise.reject(error))]);
    const answer = await client.send(new InvokeCommand({ FunctionName: 'lockstep-orders' }));
    expect(answer.StatusCode).toBe(200);
    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(Buffer.from(answer.Payload ?? '').toString())).toEqual({
      errorType: 'OverlapError',
      errorMessage: 'no',
      trace: [],
    });
    expect(answer.LogResult).toBeUndefined();
  });

  test('fails when the payload is no JSON, and invokes nothing', async () => {
    await start([deployed('lockstep-orders')]);
    const sent = client.send(
      new InvokeCommand({ FunctionName: 'lockstep-orders', Payload: Buffer.from('{') }),
    );
    await expect(sent).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    expect(invoked).toEqual([]);
  });

  test.each([
    ['refuse', 0],
    ['throttle', 0],
    ['loseRequest', 0],
    ['loseReply', 1],
  ] as const)('fails with the fault %s, after %i calls of the function', async (kind, times) => {
    await start([deployed('lockstep-orders')]);
    faults.add({ call: 'lambda:Invoke', fault: { kind } });
    await expect(
      client.send(new InvokeCommand({ FunctionName: 'lockstep-orders' })),
    ).rejects.toThrow();
    expect(invoked).toHaveLength(times);
  });
});

describe('GetFunctionConfiguration', () => {
  test.each(['lockstep-orders', `${ARN}lockstep-orders`])('finds %s', async (name) => {
    await start([deployed('lockstep-orders')]);
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    expect(found).toMatchObject({
      FunctionName: 'lockstep-orders',
      FunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders',
      Timeout: 180,
      Environment: { Variables: { LOCKSTEP_CONFIG: '{}' } },
    });
  });

  test('fails when there is no such function', async () => {
    await start([deployed('lockstep-orders')]);
    await expect(
      client.send(new GetFunctionConfigurationCommand({ FunctionName: 'lockstep-payments' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: lockstep-payments',
    });
  });

  test('fails when the request is signed for nothing', async () => {
    await start([deployed('lockstep-orders')]);
    const answer = await fetch(`${server.url}/2015-03-31/functions/lockstep-orders/configuration`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });
});

describe('GetPolicy', () => {
  const sourceArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-a1B2c3';

  test('gives the permissions of a function as AddPermission composes them', async () => {
    const permission = {
      statementId: 'rotation',
      action: 'lambda:InvokeFunction',
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: '111111111111',
      sourceArn,
    };
    await start([{ ...deployed('lockstep-orders'), permissions: [permission] }]);
    const { Policy: policy = '' } = await client.send(
      new GetPolicyCommand({ FunctionName: 'lockstep-orders' }),
    );
    expect(JSON.parse(policy)).toEqual({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [
        {
          Sid: 'rotation',
          Effect: 'Allow',
          Principal: { Service: 'secretsmanager.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders',
          Condition: {
            StringEquals: { 'AWS:SourceAccount': '111111111111' },
            ArnLike: { 'AWS:SourceArn': sourceArn },
          },
        },
      ],
    });
  });

  test.each(['lockstep-orders', 'lockstep-payments'])(
    'fails when there is no policy or no function (%s)',
    async (name) => {
      await start([deployed('lockstep-orders')]);
      await expect(client.send(new GetPolicyCommand({ FunctionName: name }))).rejects.toMatchObject(
        { name: 'ResourceNotFoundException' },
      );
    },
  );
});

describe('ListFunctions', () => {
  const names = Array.from({ length: 51 }, (_, index) => `function-${index}`);

  test('lists fifty a page at most, and all of them over the pages', async () => {
    await start(names.map((name) => deployed(name)));
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 1_000 }));
    expect(first.Functions).toHaveLength(50);
    const all: (string | undefined)[] = [];
    for await (const { Functions: page = [] } of paginateListFunctions({ client }, {})) {
      all.push(...page.map(({ FunctionName: name }) => name));
    }
    expect(all).toEqual(names);
  });

  test('fails when the marker is none of its own', async () => {
    await start([deployed('lockstep-orders')]);
    await expect(
      client.send(new ListFunctionsCommand({ Marker: 'example' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});
