import { fileURLToPath } from 'node:url';
import type { Engine } from '../../lambda/ports/database.ts';
import { makeDisplay } from '../demo/display.ts';
import type { RotationNews } from '../aws/rotation-events.ts';
import { DEFAULT_ENGINES, enginesOf } from '../clouds/topology.ts';
import { findMissingServers } from '../probe/available-servers.ts';
import { readArguments } from '../read-arguments.ts';
import { sendCommand } from './control.ts';
import { commandList, readOptions, USAGE, type Options } from './options.ts';
import { readControlUrl } from './sandbox-folder.ts';
import { startSandbox } from './sandbox.ts';

const FOLDER = fileURLToPath(new URL('../../.sandbox', import.meta.url));
let folder = FOLDER;
let close: () => Promise<void> = () => Promise.resolve();
const display = makeDisplay(process.stdout);
let isInterrupted = false;

async function main(): Promise<void> {
  const options = readArguments(readOptions, USAGE);
  if (options.wantsHelp) {
    process.stdout.write(USAGE);
    return;
  }
  folder = options.folder ?? FOLDER;
  if (options.command === undefined) await start(options);
  else await control(options.command);
}

async function start({ topology }: Options): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  if (await isRunning()) {
    process.stderr.write('a sandbox is running already: end it with Ctrl-C in its terminal\n');
    process.exitCode = 1;
    return;
  }
  display.title('Starting the sandbox');
  const progress = (what: string): void => {
    display.begin(what);
  };
  const missing = await findMissingServers(enginesOf(topology), progress);
  if (missing.length > 0) {
    const reasons = missing.map(({ engine, reason }) => `${engine}: ${reason}`);
    throw new Error(reasons.join('\n'));
  }
  await startSandbox({
    folder,
    topology,
    progress,
    listener: tell,
    onStarted: (cleanUp) => {
      close = cleanUp;
    },
  });
  display.done('ready', 'Ctrl-C ends it and leaves nothing behind');
  welcome(enginesOf(topology));
}

function welcome(engines: readonly Engine[]): void {
  display.title('In a second terminal, in this folder');
  process.stdout.write(`
  source .sandbox/env
  npx lockstep rotate orders --dry-run
  npx lockstep rotate orders --watch
  npx lockstep --help

`);
  display.title('To break things and see');
  process.stdout.write(`\n${commandList(engines)}\n`);
  display.title('What Secrets Manager does');
}

async function control(command: string): Promise<void> {
  const url = await readControlUrl(folder);
  if (url === undefined) {
    process.stderr.write('no sandbox is running: start it with npm run sandbox\n');
    process.exitCode = 1;
    return;
  }
  const done = await sendCommand(url, command);
  if (done !== undefined) {
    process.stdout.write(`${done}\n`);
    return;
  }
  process.stderr.write(
    `this sandbox has no command "${command}"; with PostgreSQL and Oracle there are:\n${commandList(DEFAULT_ENGINES)}\n`,
  );
  process.exitCode = 2;
}

/** A folder without a sandbox behind it is what a killed one left. */
async function isRunning(): Promise<boolean> {
  const url = await readControlUrl(folder);
  if (url === undefined) return false;
  return await sendCommand(url, 'are you there').then(
    () => true,
    () => false,
  );
}

function tell(news: RotationNews): void {
  switch (news.kind) {
    case 'rotationStarted':
      display.note('rotation', news.isTest ? 'tests the configuration' : news.versionId);
      return;
    case 'stepStarted':
      return;
    case 'stepSucceeded':
      display.done(news.step, `${Math.round(news.ms)} ms`);
      return;
    case 'stepFailed':
      display.failed(news.step, [news.errorName, news.errorMessage]);
      return;
    case 'rotationSucceeded':
      display.done('rotation', 'ended well');
      return;
    case 'rotationFailed':
      display.failed('rotation', ['failed, and Secrets Manager tries no more']);
      return;
    case 'rotationAbandoned':
      if (!isInterrupted) display.failed('rotation', [`abandoned: ${news.reason}`]);
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // npm passes a signal on that the terminal has sent already, so each can come twice.
  process.on(signal, end);
}
// The terminal is gone.
process.stdout.on('error', end);

function end(): void {
  isInterrupted = true;
  display.interrupted();
  void close().finally(() => process.exit(130));
}

main().catch(async (error: unknown) => {
  // What stops under a running start fails it; that is no news then.
  if (isInterrupted) return;
  process.stderr.write(
    `the sandbox failed: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  await close();
  process.exitCode = 1;
});
