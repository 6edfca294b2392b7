import { readArguments } from '../read-arguments.ts';
import { makeDisplay, type Display } from '../demo/display.ts';
import { parseProbeArguments, USAGE } from './probe-arguments.ts';
import { runProbe } from './run-probe.ts';

let close: () => Promise<void> = () => Promise.resolve();
let display: Display | undefined;
let isInterrupted = false;

async function main(): Promise<void> {
  const probeArguments = readArguments(parseProbeArguments, USAGE);
  if (probeArguments.isHelp) {
    process.stdout.write(USAGE);
    return;
  }
  // The SDK's advice about this machine's Node is not about the probe.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const stream = probeArguments.isJson ? process.stderr : process.stdout;
  display = makeDisplay(stream);
  const { report, isKept } = await runProbe(probeArguments, {
    display,
    print: (line) => {
      if (!isInterrupted) stream.write(`${line}\n`);
    },
    onStarted: (cleanUp) => {
      close = cleanUp;
    },
  });
  if (probeArguments.isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exitCode = isKept ? 0 : 1;
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
  // What stops under a running measurement fails it; that is no news then.
  if (isInterrupted) return;
  process.stderr.write(
    `the probe failed: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  await close();
  process.exitCode = 1;
});
