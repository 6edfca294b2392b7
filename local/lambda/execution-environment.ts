import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { completeEnvironment, type FunctionIdentity } from './function-environment.ts';
import { exitError, timeoutError, type LambdaInvocationError } from './invocation-error.ts';
import type { LogLines } from './log-lines.ts';
import { RuntimeApi } from './runtime-api.ts';

export interface ExecutionEnvironmentOptions {
  readonly identity: FunctionIdentity;
  readonly taskRoot: string;
  /** The function's own variables. With those that Lambda sets they are all that the process sees. */
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly initTimeoutMs: number;
  /** The Node to run. */
  readonly nodePath: string;
  readonly log: LogLines;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

/**
 * One process with the function loaded, and the Runtime API that feeds it, one invocation at a time. It dies of a
 * timeout, as in Lambda, and with the process that started it.
 */
export class ExecutionEnvironment {
  readonly #options: ExecutionEnvironmentOptions;
  readonly #api: RuntimeApi;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #exited: Promise<Exit>;
  #isAlive = true;

  private constructor(options: ExecutionEnvironmentOptions, api: RuntimeApi) {
    const { identity, taskRoot, variables, nodePath, log } = options;
    this.#options = options;
    this.#api = api;
    this.#process = spawn(nodePath, [BOOTSTRAP], {
      cwd: taskRoot,
      env: completeEnvironment(identity, { taskRoot, runtimeApi: api.address }, variables),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    log.collect(this.#process.stdout);
    log.collect(this.#process.stderr);
    this.#process.stdin.on('error', () => undefined);
    this.#exited = this.#watch();
    this.#exited.catch(() => undefined);
  }

  /** A cold start begins. What goes wrong in it, the first invocation finds out. */
  static async start(options: ExecutionEnvironmentOptions): Promise<ExecutionEnvironment> {
    return new ExecutionEnvironment(options, await RuntimeApi.start());
  }

  /** Whether it can take another invocation. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /**
   * Runs the handler and resolves to its response, once the runtime is ready for the next invocation. By then all that
   * it has written is in the log.
   *
   * @throws {LambdaInvocationError}
   */
  async invoke(invocation: {
    readonly requestId: string;
    readonly traceId: string;
    readonly payload: string;
  }): Promise<string> {
    const { requestId } = invocation;
    const { identity, timeoutMs, initTimeoutMs } = this.#options;
    const start = await this.#until(this.#api.idle(), initTimeoutMs).catch(
      async (error: unknown) => {
        await this.kill();
        throw error;
      },
    );
    if (start === 'timedOut') throw await this.#timedOut({ requestId, timeoutMs: initTimeoutMs });
    if (start === 'exited') throw await this.#exitError(requestId);
    const answer = this.#api.invoke({
      ...invocation,
      deadlineMs: Date.now() + timeoutMs,
      functionArn: identity.functionArn,
    });
    const isReadyAgain = answer.then(
      () => this.#api.idle(),
      () => this.#api.idle(),
    );
    const ending = await this.#until(isReadyAgain, timeoutMs);
    if (ending === 'timedOut') throw await this.#timedOut({ requestId, timeoutMs });
    await turn();
    if (this.#api.isBusy) throw await this.#exitError(requestId);
    return await answer;
  }

  /** Ends the process at once, as a crash does. An invocation under way fails. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await Promise.allSettled([this.#exited]);
  }

  async #watch(): Promise<Exit> {
    this.#process.once('exit', () => {
      this.#isAlive = false;
    });
    try {
      const [code, signal] = (await once(this.#process, 'close')) as [Exit['code'], Exit['signal']];
      return { code, signal };
    } finally {
      this.#isAlive = false;
      await this.#api.close();
    }
  }

  async #until(work: Promise<void>, limitMs: number): Promise<'done' | 'exited' | 'timedOut'> {
    const timer = new AbortController();
    try {
      return await Promise.race([
        work.then(() => 'done' as const),
        this.#exited.then(() => 'exited' as const),
        sleep(limitMs, 'timedOut' as const, { signal: timer.signal }),
      ]);
    } finally {
      timer.abort();
    }
  }

  async #timedOut(timeout: {
    readonly requestId: string;
    readonly timeoutMs: number;
  }): Promise<LambdaInvocationError> {
    await this.kill();
    return this.#logged(timeoutError(timeout));
  }

  async #exitError(requestId: string): Promise<LambdaInvocationError> {
    return this.#logged(exitError({ requestId, ...(await this.#exited) }));
  }

  #logged(error: LambdaInvocationError): LambdaInvocationError {
    this.#options.log.add(error.errorMessage);
    return error;
  }
}
