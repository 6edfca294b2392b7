import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';

/** Ends the sandbox as Ctrl-C does, and looks that it leaves nothing behind. */
export default async function stopSandbox() {
  const { sandbox, folder } = globalThis.lockstepSandbox;
  const ended = once(sandbox, 'exit');
  sandbox.kill('SIGINT');
  const [code] = await ended;
  if (code !== 130) throw new Error(`the sandbox ended with ${code}`);
  if (existsSync(folder)) throw new Error('the sandbox left its folder behind');
  await rmdir(path.dirname(folder));
}
