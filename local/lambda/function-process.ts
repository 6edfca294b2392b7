import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RuntimeApi, type Answer } from './runtime-api.ts';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

export interface FunctionProcessOptions {
  readonly taskRoot: string;
  /** `file.export`, as in the template. */
  readonly handler: string;
  /** All that the function's process sees, but for what Lambda itself adds. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly functionArn: string;
  readonly nodePath: string;
  readonly onOutput: (text: string) => void;
}

/** One execution environment of a function: a process that serves invocations one after the other until it ends. */
export class FunctionProcess {
  readonly #options: FunctionProcessOptions;
  readonly #api: RuntimeApi;
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  #isBusy = false;
  #hasEnded = false;

  private constructor(options: FunctionProcessOptions, api: RuntimeApi) {
    this.#options = options;
    this.#api = api;
    const { nodePath, taskRoot, onOutput } = options;
    this.#child = spawn(nodePath, [BOOTSTRAP], {
      cwd: taskRoot,
      env: environmentOf(options, api.address),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', onOutput);
    }
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => {
      this.#hasEnded = true;
      return signal === null ? `exit status ${String(code)}` : `signal ${String(signal)}`;
    });
  }

  static async start(options: FunctionProcessOptions): Promise<FunctionProcess> {
    return new FunctionProcess(options, await RuntimeApi.start(options.functionArn));
  }

  get isIdle(): boolean {
    return !this.#isBusy && !this.#hasEnded;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Runs one event. A process that ends, or is ended at the deadline, answers with the error that Lambda would give. */
  async invoke(event: unknown): Promise<Answer> {
    const { timeoutMs } = this.#options;
    this.#isBusy = true;
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => {
        const errorMessage = `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`;
        resolve({ kind: 'error', errorType: 'Sandbox.Timedout', errorMessage });
      }, timeoutMs);
    });
    const died = this.#ended.then((how): Answer => ({
      kind: 'error',
      errorType: 'Runtime.ExitError',
      errorMessage: `Runtime exited without providing a reason: ${how}`,
    }));
    try {
      const answer = await Promise.race([this.#api.invoke(event, timeoutMs), timedOut, died]);
      if (answer.kind === 'error' && answer.errorType === 'Sandbox.Timedout') await this.stop();
      return answer;
    } finally {
      clearTimeout(timer);
      this.#isBusy = false;
    }
  }

  /** Ends the process at once, as a crash would. */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
    await this.#api.close().catch(() => undefined);
  }
}

function environmentOf(
  { environment, functionArn, handler, memoryMb, taskRoot }: FunctionProcessOptions,
  runtimeApi: string,
): Record<string, string> {
  const functionName = functionArn.split(':').at(-1) ?? '';
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    ...environment,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: handler,
  };
}
