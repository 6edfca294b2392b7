import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';

let folder: string;
let program: string;

/** Bundled as the function is (lib/function-bundle.ts): one minified CommonJS file with the driver in it. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-finalizer-'));
  program = path.join(folder, 'given-up.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'oracle-given-up.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'error',
  });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Gives up a login, collects the garbage, and says how the process ended. */
async function giveUp(
  protection: string,
): Promise<{ exitCode: number | null; said: string; complained: string }> {
  const child = spawn(process.execPath, ['--expose-gc', program, protection], { stdio: 'pipe' });
  const [said, complained, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { exitCode, said, complained };
}

describe('a connection that is garbage-collected after its login was given up', () => {
  test.each(['adapter', 'driver', 'sockets'])(
    'leaves the process alone, by the %s',
    async (protection) => {
      await expect(giveUp(protection)).resolves.toEqual({
        exitCode: 0,
        said: 'survived',
        complained: '',
      });
    },
  );

  test('fails the whole process without any of them, which is what they are for', async () => {
    const { exitCode, said, complained } = await giveUp('nothing');
    expect(exitCode).not.toBe(0);
    expect(said).toBe('');
    expect(complained).toContain('NJS-500');
  });
});
