import { parseArgs } from 'node:util';
import { readArguments } from '../read-arguments.ts';
import { runDemo } from './demo.ts';
import { makeDisplay, type Display } from './display.ts';

const USAGE = `npm run demo -- [--json] [--node <path>]

Rotates a password twice on this machine: PostgreSQL, an Oracle server, Secrets Manager, SSM, S3 and OCI Vault
all run on the loopback address. No account, no Docker.

  --json         print one JSON object on standard output; the display goes to standard error
  --node <path>  run the function with this Node, for example Lambda's own version
  --help         this text

Exit status: 0 everything holds, 1 something does not, 2 wrong arguments, 130 interrupted.
`;

let close: () => Promise<void> = () => Promise.resolve();
let display: Display | undefined;
let isInterrupted = false;

function parseArguments(args: readonly string[]): {
  json: boolean;
  help: boolean;
  node?: string | undefined;
} {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
      node: { type: 'string' },
    },
  });
  return values;
}

async function main(): Promise<void> {
  const { json, help, node } = readArguments(parseArguments, USAGE);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  // The SDK's advice about this machine's Node is not about the demo.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  display = makeDisplay(json ? process.stderr : process.stdout);
  const result = await runDemo({
    display,
    nodePath: node,
    onStarted: (cleanUp) => {
      close = cleanUp;
    },
  });
  await close();
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.ok ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // npm passes a signal on that the terminal has sent already, so each can come twice.
  process.on(signal, () => {
    isInterrupted = true;
    display?.interrupted();
    void close().finally(() => process.exit(130));
  });
}

main().catch(async (error: unknown) => {
  // What stops under a running demo fails it; that is no news then.
  if (isInterrupted) return;
  process.stderr.write(
    `the demo failed: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  await close();
  process.exitCode = 1;
});
