import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { FUNCTION_ARN, LambdaBench, NODE } from './lambda-bench.ts';

describe('a function run as Lambda does', () => {
  const bench = LambdaBench.set(NODE);

  test('resolves to what the handler returns', async () => {
    const lambda = bench.start();
    const event = { do: 'echo', text: 'Grüße', list: [1, null] };
    await expect(lambda.invoke(event)).resolves.toEqual(event);
    await expect(lambda.invoke({ do: 'nothing' })).resolves.toBeNull();
  });

  test('loads a handler that is an ES module, by its own names', async () => {
    const lambda = bench.start('module', { handler: 'main.run' });
    await expect(lambda.invoke({ name: 'you' })).resolves.toBe('Hello you');
  });

  test('keeps the process warm from one invocation to the next', async () => {
    const lambda = bench.start();
    expect(lambda.coldStarts).toBe(0);
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(2);
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(3);
    expect(lambda.coldStarts).toBe(1);
  });

  test('gives the handler the context that Lambda gives', async () => {
    const lambda = bench.start('function', { memoryMb: 256, logGroup: 'rotations' });
    await expect(lambda.invoke({ do: 'context' })).resolves.toEqual({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      functionName: 'rotates-app',
      functionVersion: '$LATEST',
      invokedFunctionArn: FUNCTION_ARN,
      memoryLimitInMB: '256',
      logGroupName: 'rotations',
      logStreamName: expect.stringMatching(
        /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/,
      ) as string,
      remainingMs: expect.any(Number) as number,
    });
  });

  test('counts the remaining time down from the timeout, for each invocation anew', async () => {
    const lambda = bench.start('function', { timeoutMs: 5000 });
    const remaining = async (): Promise<number> => {
      const { remainingMs } = (await lambda.invoke({ do: 'context' })) as { remainingMs: number };
      return remainingMs;
    };
    const first = await remaining();
    await sleep(100);
    const second = await remaining();
    expect(first).toBeLessThanOrEqual(5000);
    expect(first).toBeGreaterThan(4000);
    expect(second).toBeGreaterThan(4000);
  });

  test('shows the process its own variables, what Lambda sets, and nothing else', async () => {
    const lambda = bench.start('function', {
      environment: { ROTATION: '{"a":1}', TZ: 'Europe/Paris', AWS_ACCESS_KEY_ID: 'an-example' },
    });
    const variables = (await lambda.invoke({ do: 'environment' })) as Record<string, string>;
    expect(Object.keys(variables).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_FORMAT',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_LAMBDA_RUNTIME_API',
      'AWS_REGION',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'PATH',
      'ROTATION',
      'TZ',
      '_HANDLER',
      '_X_AMZN_TRACE_ID',
    ]);
    expect(variables).toMatchObject({
      AWS_ACCESS_KEY_ID: 'an-example',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/rotates-app',
      AWS_REGION: 'eu-central-1',
      ROTATION: '{"a":1}',
      TZ: 'Europe/Paris',
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/) as string,
    });
  });

  test('runs a copy of the bundle, on the Node that it was told to', async () => {
    const place = (await bench.start().invoke({ do: 'place' })) as Record<string, string>;
    expect(place['folder']).toBe(place['root']);
    expect(place['root']).not.toContain(bench.folder);
    const version = execFileSync(NODE, ['--version'], { encoding: 'utf8' }).trim();
    expect(place['version']).toBe(version);
  });

  test('runs two invocations at once in two processes, and keeps both', async () => {
    const lambda = bench.start();
    const wait = { do: 'wait', ms: 100 };
    const [one, two] = await Promise.all([lambda.invoke(wait), lambda.invoke(wait)]);
    expect(one).not.toBe(two);
    expect(lambda.coldStarts).toBe(2);
    const again = await Promise.all([lambda.invoke(wait), lambda.invoke(wait)]);
    expect(new Set(again)).toEqual(new Set([one, two]));
    expect(lambda.coldStarts).toBe(2);
  });

  test('collects both outputs, and tells a listener each line', async () => {
    const lambda = bench.start();
    const lines: string[] = [];
    const stop = lambda.onLogLine((line) => lines.push(line));
    await lambda.invoke({ do: 'print' });
    expect(lambda.logs()).toContain('to the output\n');
    expect(lambda.logs()).toContain('to the error output\n');
    expect(lambda.logs()).toContain('torn');
    expect(lines.sort()).toEqual(['to the error output', 'to the output']);
    stop();
    await lambda.invoke({ do: 'print' });
    expect(lines).toHaveLength(2);
    expect(lambda.logs()).toContain('tornto the output\n');
  });
});
