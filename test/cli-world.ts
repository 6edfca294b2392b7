import { Writable } from 'node:stream';
import { run } from '../cli/run.ts';
import type { Output, World } from '../cli/world.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one call of the command line in this process, without a terminal, and hands back all that it wrote. */
export async function runCommand(
  args: readonly string[],
  world: Partial<World> = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const exitCode = await run(args, {
    stdout,
    stderr,
    environment: {},
    folder: process.cwd(),
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    ...world,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable implements Output {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
