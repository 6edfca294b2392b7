import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf, LambdaBench, NODE, untilGone } from './lambda-bench.ts';

const ANY_REQUEST_ID = /^RequestId: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} Error: /;

describe('a function that fails as in Lambda', () => {
  const bench = LambdaBench.set(NODE);

  test('fails when the handler throws, with the name and the message of the error', async () => {
    const lambda = bench.start();
    const error = await failureOf(lambda.invoke({ do: 'fail' }));
    expect(error).toMatchObject({
      name: 'RangeError',
      message: 'out of range',
      errorType: 'RangeError',
      errorMessage: 'out of range',
    });
    expect(error.trace[0]).toBe('RangeError: out of range');
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
    expect(lambda.coldStarts).toBe(1);
  });

  test('writes what the handler threw to the log, with all its properties', async () => {
    const lambda = bench.start();
    await failureOf(lambda.invoke({ do: 'fail' }));
    const [line = ''] = lambda.logs().split('\n');
    expect(JSON.parse(line)).toMatchObject({
      level: 'ERROR',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      message: {
        errorType: 'RangeError',
        errorMessage: 'out of range',
        sql: 'SELECT 1',
        cause: { errorType: 'Error', errorMessage: 'why' },
      },
    });
  });

  test('fails when the handler throws an error that no JSON can hold', async () => {
    const lambda = bench.start();
    const error = await failureOf(lambda.invoke({ do: 'failInACircle' }));
    expect(error).toMatchObject({ errorType: 'Error', errorMessage: 'round' });
    expect(lambda.logs()).toContain('error: [Circular *1]');
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
  });

  test('fails when the handler throws what is no error, or returns what is no JSON', async () => {
    const lambda = bench.start();
    const plain = await failureOf(lambda.invoke({ do: 'failPlainly' }));
    expect(plain).toMatchObject({ errorType: 'string', errorMessage: 'just text' });
    const circular = await failureOf(lambda.invoke({ do: 'circular' }));
    expect(circular).toMatchObject({ errorType: 'TypeError' });
  });

  test('fails when the response is larger than Lambda takes', async () => {
    const lambda = bench.start();
    const error = await failureOf(lambda.invoke({ do: 'large' }));
    expect(error).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
  });

  test.each(['hang', 'spin'])(
    'fails when the time is up, and the process with it: %s',
    async (what) => {
      const lambda = bench.start('function', { timeoutMs: 300 });
      await lambda.invoke({ do: 'count' });
      const error = await failureOf(lambda.invoke({ do: what }));
      expect(error.errorType).toBe('Sandbox.Timedout');
      expect(error.errorMessage).toMatch(ANY_REQUEST_ID);
      expect(error.errorMessage).toMatch(/ Task timed out after 0\.30 seconds$/);
      expect(lambda.logs()).toContain('Task timed out after 0.30 seconds');
      await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
      expect(lambda.coldStarts).toBe(2);
    },
  );

  test.each([
    [{ do: 'exit', status: 3 }, 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
    [{ do: 'exit', status: 0 }, 'Runtime.ExitError', 'Runtime exited without providing a reason'],
    [
      { do: 'neverSettle' },
      'Runtime.NodeJsExit',
      'commonly caused by a Promise that was never settled.',
    ],
  ])('fails when the process ends in the middle: %j', async (event, errorType, ending) => {
    const lambda = bench.start();
    const error = await failureOf(lambda.invoke(event));
    expect(error.errorType).toBe(errorType);
    expect(error.errorMessage).toMatch(ANY_REQUEST_ID);
    expect(error.errorMessage.endsWith(ending)).toBe(true);
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
    expect(lambda.coldStarts).toBe(2);
  });

  test.each([
    ['crashLater', 'Error', 'nobody caught it'],
    ['rejectAside', 'Runtime.UnhandledPromiseRejection', 'Error: nobody caught this either'],
  ])('fails when nobody catches an error: %s', async (what, errorType, errorMessage) => {
    const lambda = bench.start();
    const error = await failureOf(lambda.invoke({ do: what }));
    expect(error).toMatchObject({ errorType, errorMessage });
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
    expect(lambda.coldStarts).toBe(2);
  });

  test('starts afresh when the process has died between two invocations', async () => {
    const lambda = bench.start();
    const pid = (await lambda.invoke({ do: 'wait', ms: 0 })) as number;
    process.kill(pid, 'SIGKILL');
    await untilGone(pid);
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
    expect(lambda.coldStarts).toBe(2);
  });

  test('fails when it is killed, and starts afresh', async () => {
    const lambda = bench.start();
    await lambda.invoke({ do: 'count' });
    const failure = failureOf(lambda.invoke({ do: 'hang' }));
    await sleep(20);
    await lambda.kill();
    const error = await failure;
    expect(error.errorType).toBe('Runtime.ExitError');
    expect(error.errorMessage).toMatch(/ Runtime exited with error: signal: killed$/);
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
    await lambda.kill();
    await expect(lambda.invoke({ do: 'count' })).resolves.toBe(1);
    expect(lambda.coldStarts).toBe(3);
  });

  test.each([
    ['broken', 'index.handler', 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
    ['throwing', 'index.handler', 'TypeError', /^no start$/],
    ['missing', 'index.handler', 'Runtime.ImportModuleError', /Cannot find module 'not-there'/],
    ['function', 'other.handler', 'Runtime.ImportModuleError', /^Cannot find module 'other'$/],
    ['function', 'index.absent', 'Runtime.HandlerNotFound', /^index.absent is undefined/],
    ['function', 'index.notAFunction', 'Runtime.HandlerNotFound', /^index.notAFunction is /],
    ['function', 'index.callback', 'Runtime.CallbackHandlerDeprecated', / takes a callback$/],
    ['function', '../function/index.handler', 'Runtime.MalformedHandlerName', / not a valid /],
    ['function', 'handler', 'Runtime.MalformedHandlerName', /^'handler' is not a valid /],
    ['exiting', 'index.handler', 'Runtime.ExitError', /exited with error: exit status 3$/],
  ])('fails when %s/%s cannot start: %s', async (folder, handler, errorType, message) => {
    const lambda = bench.start(folder, { handler });
    const error = await failureOf(lambda.invoke({ do: 'echo' }));
    expect(error.errorType).toBe(errorType);
    expect(error.errorMessage).toMatch(message);
    await failureOf(lambda.invoke({ do: 'echo' }));
    expect(lambda.coldStarts).toBe(2);
  });

  test('fails when the start takes too long', async () => {
    const lambda = bench.start('waiting', { initTimeoutMs: 300 });
    const error = await failureOf(lambda.invoke({ do: 'echo' }));
    expect(error.errorType).toBe('Sandbox.Timedout');
    expect(error.errorMessage).toMatch(/ Task timed out after 0\.30 seconds$/);
  });

  test('fails when it is closed while it starts', async () => {
    const lambda = bench.start();
    const started = lambda.invoke({ do: 'hang' });
    const failure = expect(started).rejects.toThrow(/signal: killed|ENOENT/);
    await lambda.close();
    await failure;
  });

  test('fails when it is closed, and nothing is left', async () => {
    const lambda = bench.start();
    const { root } = (await lambda.invoke({ do: 'place' })) as { root: string };
    const pid = (await lambda.invoke({ do: 'wait', ms: 0 })) as number;
    expect(existsSync(root)).toBe(true);
    await lambda.close();
    expect(existsSync(root)).toBe(false);
    await untilGone(pid);
    await expect(lambda.invoke({ do: 'echo' })).rejects.toThrow('the function is closed');
  });
});
