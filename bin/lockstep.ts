import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { EXIT_CODES } from '../cli/exit-code.ts';
import { run } from '../cli/run.ts';
import type { World } from '../cli/world.ts';

// The SDK's advice about this machine's Node is not about the command.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

const world: World = {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  folder: process.cwd(),
  clock: {
    now: () => Date.now(),
    sleep: async (durationMs) => {
      await setTimeout(durationMs);
    },
  },
  ...(process.stdin.isTTY ? { ask } : {}),
};

// Whoever reads has closed the pipe (`lockstep … | head`): nothing is left to say.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT_CODES.fine.code);
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.stderr.write('\nlockstep: interrupted; what was begun at AWS goes on without it\n');
    process.exit(EXIT_CODES.interrupted.code);
  });
}

process.exitCode = await run(process.argv.slice(2), world);
