import { createInterface } from 'node:readline';
import { probe } from './prober.ts';
import { ProberConfig } from './prober-config.ts';

/**
 * The prober's own process. Its standard input holds the configuration, one line of JSON, and stays open: it stops when
 * that ends, so that it never outlives who started it. Its standard output has one line of JSON for each attempt.
 */
async function main(): Promise<void> {
  const stopping = new AbortController();
  const config = await new Promise<string>((resolve) => {
    const lines = createInterface({ input: process.stdin });
    lines.once('line', resolve);
    lines.once('close', () => {
      stopping.abort();
      resolve('');
    });
  });
  if (config === '') return;
  await probe(ProberConfig.parse(JSON.parse(config)), {
    now: () => Date.now(),
    signal: stopping.signal,
    report: (attempt) => {
      process.stdout.write(`${JSON.stringify(attempt)}\n`);
    },
  });
  process.stdin.destroy();
}

// Who started it decides when it ends; a terminal sends Ctrl-C to both.
process.on('SIGINT', () => undefined);

main().catch((error: unknown) => {
  const { name, message } = Object(error) as {
    readonly name?: unknown;
    readonly message?: unknown;
  };
  process.stderr.write(`the prober failed: ${String(name)}: ${String(message)}\n`);
  process.exit(1);
});
