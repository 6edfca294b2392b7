import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionEnvironment } from './execution-environment.ts';
import {
  checkEnvironment,
  parseFunctionArn,
  type FunctionIdentity,
} from './function-environment.ts';
import { LogLines } from './log-lines.ts';

export { LambdaInvocationError } from './invocation-error.ts';

export interface LocalLambdaOptions {
  /** The folder of the bundle. */
  readonly taskRoot: string;
  /** As in Lambda: `index.handler` is the export `handler` of `index.js`, `index.mjs` or `index.cjs`. */
  readonly handler: string;
  /**
   * The function's own variables, and the credentials of its role (AWS_ACCESS_KEY_ID and the like) if it is to have any.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** `arn:aws:lambda:<region>:<account>:function:<name>`: where the region and the name come from. */
  readonly functionArn: string;
  /** The Node to run the bundle on. @default the one that runs this */
  readonly nodePath?: string;
  /** @default '/aws/lambda/<name>' */
  readonly logGroup?: string;
  /** For the handler to read. Nothing holds it to that. @default 512 */
  readonly memoryMb?: number;
  /** How long loading the bundle may take. @default 10 000, as in Lambda */
  readonly initTimeoutMs?: number;
}

/**
 * Runs a Lambda bundle as Lambda does: in a process of its own that sees nothing of ours but the variables it is given,
 * fed over the Runtime API, kept warm from one invocation to the next, killed at the deadline. A further invocation at
 * the same time gets a further process.
 *
 * The bundle is copied first, as Lambda unpacks it: a `package.json` further up has no say in how it loads.
 */
export class LocalLambda {
  readonly #options: LocalLambdaOptions;
  readonly #identity: FunctionIdentity;
  readonly #log = new LogLines();
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #idle: ExecutionEnvironment[] = [];
  #taskRoot: Promise<string> | undefined;
  #coldStarts = 0;
  #isClosed = false;

  private constructor(options: LocalLambdaOptions) {
    const { functionArn, handler, memoryMb = 512 } = options;
    const { functionName } = parseFunctionArn(functionArn);
    const { logGroup = `/aws/lambda/${functionName}` } = options;
    this.#options = options;
    this.#identity = { functionArn, handler, memoryMb, logGroup };
    checkEnvironment(this.#identity, options.environment);
  }

  /**
   * Nothing runs and nothing is copied before the first invocation.
   *
   * @throws {Error} when Lambda would refuse the variables: reserved names, more than 4 KB.
   */
  static start(options: LocalLambdaOptions): LocalLambda {
    return new LocalLambda(options);
  }

  /** How many processes have been started so far. */
  get coldStarts(): number {
    return this.#coldStarts;
  }

  /**
   * Invokes the function and waits for its result. Nothing is retried.
   *
   * @throws {LambdaInvocationError} when the handler failed, was too late or died.
   */
  async invoke(event: unknown): Promise<unknown> {
    if (this.#isClosed) throw new Error('the function is closed');
    const environment = await this.#takeEnvironment();
    try {
      const answer = await environment.invoke({
        requestId: randomUUID(),
        traceId: traceId(),
        payload: JSON.stringify(event),
      });
      return JSON.parse(answer);
    } finally {
      if (environment.isAlive) this.#idle.push(environment);
      else this.#environments.delete(environment);
    }
  }

  /** Kills every process at once, as a crash does: invocations under way fail, the next one is a cold start. */
  async kill(): Promise<void> {
    await Promise.all([...this.#environments].map((environment) => environment.kill()));
  }

  /** All that the function has written to its standard output and error, and what Lambda says of timeouts and exits. */
  logs(): string {
    return this.#log.text();
  }

  /** Calls `listener` with every line of the log from now on, until the function returned is called. */
  onLogLine(listener: (line: string) => void): () => void {
    return this.#log.listen(listener);
  }

  /** Kills every process and removes the copy of the bundle. May be called again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.kill();
    const taskRoot = await this.#taskRoot;
    if (taskRoot !== undefined) await rm(taskRoot, { recursive: true, force: true });
  }

  async #takeEnvironment(): Promise<ExecutionEnvironment> {
    for (let warm = this.#idle.pop(); warm !== undefined; warm = this.#idle.pop()) {
      if (warm.isAlive) return warm;
      this.#environments.delete(warm);
    }
    this.#coldStarts += 1;
    const { nodePath = process.execPath, initTimeoutMs = 10_000, timeoutMs } = this.#options;
    this.#taskRoot ??= copyBundle(this.#options.taskRoot);
    const cold = await ExecutionEnvironment.start({
      identity: this.#identity,
      taskRoot: await this.#taskRoot,
      variables: this.#options.environment,
      log: this.#log,
      timeoutMs,
      initTimeoutMs,
      nodePath,
    });
    this.#environments.add(cold);
    if (this.#isClosed) await cold.kill();
    return cold;
  }
}

async function copyBundle(taskRoot: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'lockstep-lambda-')));
  await cp(taskRoot, folder, { recursive: true, dereference: true });
  return folder;
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const root = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
