import { readArguments } from '../read-arguments.ts';
import { readBenchArguments, USAGE } from './arguments.ts';
import { report } from './report.ts';
import { runBench } from './run-bench.ts';

async function main(): Promise<void> {
  const { isHelp, isJson, isQuick, nodePath, secrets } = readArguments(readBenchArguments, USAGE);
  if (isHelp) {
    process.stdout.write(USAGE);
    return;
  }
  // The SDK's advice about this machine's Node is not about what is measured.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const result = await runBench({
    isQuick,
    nodePath,
    fleets: secrets,
    progress: (what) => process.stderr.write(`measuring: ${what}\n`),
  });
  process.stdout.write(isJson ? `${JSON.stringify(result)}\n` : `${report(result)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
