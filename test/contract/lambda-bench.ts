import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaInvocationError, LocalLambda } from '../../local/lambda/local-lambda.ts';
import type { LocalLambdaOptions } from '../../local/lambda/local-lambda.ts';

const GONE_ATTEMPTS_MAX = 500;

export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:rotates-app';

/** The Node to run bundles on: this one, or the one that LOCKSTEP_TEST_NODE names, as `.ci/run` does with Lambda's newest. */
export const NODE = process.env['LOCKSTEP_TEST_NODE'] ?? process.execPath;

/** One handler for all tests: the event says what it does. */
const BUNDLE = `
let invocations = 0;
const actions = {
  echo: (event) => event,
  count: () => (invocations += 1),
  nothing: () => undefined,
  context: (event, context) => ({ ...context, remainingMs: context.getRemainingTimeInMillis() }),
  environment: () => ({ ...process.env }),
  variable: ({ name }) => process.env[name],
  place: () => ({ folder: process.cwd(), root: process.env.LAMBDA_TASK_ROOT, version: process.version, pid: process.pid }),
  print: () => { console.log('to the output'); console.error('to the error output'); process.stdout.write('torn'); },
  fail: () => { throw Object.assign(new RangeError('out of range'), { sql: 'SELECT 1', cause: new Error('why') }); },
  failInACircle: () => { const error = new Error('round'); throw Object.assign(error, { error }); },
  failPlainly: () => { throw 'just text'; },
  exit: ({ status }) => process.exit(status),
  hang: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
  spin: () => { for (;;); },
  showPlaceAndHang: () => { console.log(JSON.stringify(actions.place())); return actions.hang(); },
  neverSettle: () => new Promise(() => {}),
  crashLater: () => { setTimeout(() => { throw new Error('nobody caught it'); }, 5); return actions.hang(); },
  rejectAside: () => { Promise.reject(new Error('nobody caught this either')); return actions.hang(); },
  wait: async ({ ms }) => { await new Promise((resolve) => setTimeout(resolve, ms)); return process.pid; },
  large: () => 'x'.repeat(6291556),
  circular: () => { const ring = {}; ring.ring = ring; return ring; },
};
exports.handler = async (event, context) => await actions[event.do](event, context);
exports.notAFunction = 1;
exports.callback = (event, context, callback) => callback(null, 1);
`;

const FILES: Readonly<Record<string, string>> = {
  // In Lambda nothing above the bundle has a say in how it loads.
  'package.json': '{ "type": "module" }',
  'function/index.js': BUNDLE,
  'module/main.mjs': 'export const run = async ({ name }) => `Hello ${name}`;',
  'broken/index.js': 'exports.handler = ',
  'throwing/index.js': 'throw new TypeError("no start");',
  'missing/index.js': 'require("not-there");',
  'exiting/index.js': 'process.exit(3);',
  'waiting/index.mjs': 'await new Promise((go) => setTimeout(go, 60_000));',
};

/** A folder of bundles for the tests of one `describe`, and functions that go when a test ends. */
export class LambdaBench {
  readonly #nodePath: string;
  readonly #functions: LocalLambda[] = [];
  folder = '';

  private constructor(nodePath: string) {
    this.#nodePath = nodePath;
  }

  /** To be called where the tests begin. */
  static set(nodePath: string): LambdaBench {
    const bench = new LambdaBench(nodePath);
    beforeAll(() => bench.#write());
    afterEach(async () => {
      await Promise.all(bench.#functions.splice(0).map((one) => one.close()));
    });
    afterAll(() => rm(bench.folder, { recursive: true }));
    return bench;
  }

  /** A function of the bundle `function`, unless told otherwise. */
  start(bundle = 'function', options: Partial<LocalLambdaOptions> = {}): LocalLambda {
    const lambda = LocalLambda.start({
      taskRoot: join(this.folder, bundle),
      handler: 'index.handler',
      environment: {},
      timeoutMs: 5000,
      functionArn: FUNCTION_ARN,
      nodePath: this.#nodePath,
      ...options,
    });
    this.#functions.push(lambda);
    return lambda;
  }

  async #write(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'lockstep-bundles-'));
    for (const [path, text] of Object.entries(FILES)) {
      const file = join(this.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
}

/** The error that an invocation fails with. */
export async function failureOf(invocation: Promise<unknown>): Promise<LambdaInvocationError> {
  const error: unknown = await invocation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LambdaInvocationError);
  return error as LambdaInvocationError;
}

/** Resolves when there is no process of that id any more. */
export async function untilGone(pid: number): Promise<void> {
  for (let attempt = 1; isRunning(pid); attempt++) {
    if (attempt === GONE_ATTEMPTS_MAX) throw new Error(`process ${pid} is still there`);
    await sleep(20);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
