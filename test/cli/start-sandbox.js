import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A machine with much else to do takes its time for `cdk synth`. */
const START_MAX_MS = 300_000;
const LOOK_MS = 200;

/** Starts `npm run sandbox` as a person does, in a folder of its own, and waits until it is ready. */
export default async function startSandbox() {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'lockstep-cli-')), 'sandbox');
  const main = path.join(import.meta.dirname, '../../local/sandbox/main.ts');
  const sandbox = spawn(process.execPath, ['--import', 'tsx', main, '--folder', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  sandbox.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = once(sandbox, 'exit').then(() => {
    throw new Error(`the sandbox ended before it was ready:\n${said}`);
  });
  ended.catch(() => undefined);
  for (let waitedMs = 0; !existsSync(path.join(folder, 'env')); waitedMs += LOOK_MS) {
    if (waitedMs > START_MAX_MS) {
      sandbox.kill('SIGTERM');
      throw new Error(`the sandbox is not ready:\n${said}`);
    }
    await Promise.race([setTimeout(LOOK_MS), ended]);
  }
  process.env.LOCKSTEP_TEST_SANDBOX = folder;
  globalThis.lockstepSandbox = { sandbox, folder };
}
