import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { FUNCTION_ARN, LambdaBench, untilGone } from './lambda-bench.ts';

describe('a function whose caller is killed', () => {
  const bench = LambdaBench.set(process.execPath);

  test('ends, though its handler is still at work', async () => {
    const options = {
      taskRoot: `${bench.folder}/function`,
      handler: 'index.handler',
      environment: {},
      timeoutMs: 60_000,
      functionArn: FUNCTION_ARN,
    };
    const program = `
      import { LocalLambda } from './local/lambda/local-lambda.ts';
      const lambda = LocalLambda.start(${JSON.stringify(options)});
      lambda.onLogLine((line) => console.log(line));
      await lambda.invoke({ do: 'showPlaceAndHang' });
    `;
    const caller = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface(caller.stdout), 'line')) as [string];
    const { pid, root } = JSON.parse(line) as { pid: number; root: string };
    expect(process.kill(pid, 0)).toBe(true);
    caller.kill('SIGKILL');
    await untilGone(pid);
    await rm(root, { recursive: true });
  });
});
