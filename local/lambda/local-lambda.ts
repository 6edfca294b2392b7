import { FunctionProcess, type FunctionProcessOptions } from './function-process.ts';

export type LocalLambdaOptions = Omit<FunctionProcessOptions, 'nodePath' | 'onOutput'> & {
  /** The Node that runs the function. @default the one that runs this */
  readonly nodePath?: string;
};

/** The function failed: it threw, its process ended, or its time was up. */
export class LambdaInvocationError extends Error {
  override readonly name: string;

  constructor(errorType: string, errorMessage: string) {
    super(errorMessage);
    this.name = errorType;
  }
}

/**
 * Runs a function as Lambda does: in a process of its own that sees only the given environment, kept warm between
 * invocations; one that is busy is joined by a second one; one that dies or takes too long is replaced.
 */
export class LocalLambda {
  readonly #options: LocalLambdaOptions;
  readonly #processes = new Set<FunctionProcess>();
  #output = '';
  #coldStarts = 0;

  private constructor(options: LocalLambdaOptions) {
    this.#options = options;
  }

  /** Nothing runs before the first invocation. */
  static start(options: LocalLambdaOptions): LocalLambda {
    return new LocalLambda(options);
  }

  get coldStarts(): number {
    return this.#coldStarts;
  }

  /** All that the function has written to standard output and standard error. */
  logs(): string {
    return this.#output;
  }

  /** @throws LambdaInvocationError whose name is Lambda's errorType */
  async invoke(event: unknown): Promise<unknown> {
    const answer = await (await this.#idleProcess()).invoke(event);
    this.#forgetEnded();
    if (answer.kind === 'response') return answer.payload;
    throw new LambdaInvocationError(answer.errorType, answer.errorMessage);
  }

  /** Ends every process at once, as a crash would; the next invocation is a cold start. */
  async kill(): Promise<void> {
    const processes = [...this.#processes];
    this.#processes.clear();
    await Promise.all(
      processes.map(async (one) => {
        await one.stop();
      }),
    );
  }

  async close(): Promise<void> {
    await this.kill();
  }

  async #idleProcess(): Promise<FunctionProcess> {
    this.#forgetEnded();
    const idle = [...this.#processes].find(({ isIdle }) => isIdle);
    if (idle !== undefined) return idle;
    this.#coldStarts += 1;
    const started = await FunctionProcess.start({
      nodePath: process.execPath,
      ...this.#options,
      onOutput: (text) => {
        this.#output += text;
      },
    });
    this.#processes.add(started);
    return started;
  }

  #forgetEnded(): void {
    for (const one of this.#processes) {
      if (one.hasEnded) this.#processes.delete(one);
    }
  }
}
