import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDisplay } from '../demo/display.ts';
import type { RotationNews } from '../aws/rotation-events.ts';
import { SANDBOX_COMMANDS } from './breakage.ts';
import { sendCommand } from './control.ts';
import { readControlUrl } from './sandbox-folder.ts';
import { startSandbox } from './sandbox.ts';

const FOLDER = fileURLToPath(new URL('../../.sandbox', import.meta.url));
let folder = FOLDER;
const COMMAND_LIST = Object.entries(SANDBOX_COMMANDS)
  .map(([command, what]) => `  npm run sandbox -- ${command.padEnd(24)}  ${what}`)
  .join('\n');
const USAGE = `npm run sandbox

Starts AWS, OCI, PostgreSQL and an Oracle server on this machine's loopback address, with a deployed rotation named
"orders", and leaves them running until Ctrl-C. No account, no Docker. In a second terminal:

  source .sandbox/env

points lockstep (and the AWS CLI) at it. And to break things and see:

${COMMAND_LIST}

  --folder <path>  write the files for other terminals there instead of .sandbox
  --help           this text

Exit status: 0 done, 1 failed, 2 wrong arguments, 130 ended by Ctrl-C.
`;

let close: () => Promise<void> = () => Promise.resolve();
const display = makeDisplay(process.stdout);
let isInterrupted = false;

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  folder = values.folder;
  if (positionals.length > 0) {
    await control(positionals.join(' '));
    return;
  }
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  if (await isRunning()) {
    process.stderr.write('a sandbox is running already: end it with Ctrl-C in its terminal\n');
    process.exitCode = 1;
    return;
  }
  display.title('Starting the sandbox');
  await startSandbox({
    folder,
    progress: (what) => {
      display.begin(what);
    },
    listener: tell,
    onStarted: (cleanUp) => {
      close = cleanUp;
    },
  });
  display.done('ready', 'Ctrl-C ends it and leaves nothing behind');
  welcome();
}

function welcome(): void {
  display.title('In a second terminal, in this folder');
  process.stdout.write(`
  source .sandbox/env
  npx lockstep rotate orders --dry-run
  npx lockstep rotate orders --watch
  npx lockstep --help

`);
  display.title('To break things and see');
  process.stdout.write(`\n${COMMAND_LIST}\n`);
  display.title('What Secrets Manager does');
}

function readArguments(): {
  readonly values: { readonly help: boolean; readonly folder: string };
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        folder: { type: 'string', default: FOLDER },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
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
  process.stderr.write(`there is no command "${command}"; there are:\n${COMMAND_LIST}\n`);
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
