import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build as esbuild, type Plugin } from 'esbuild';

/** A text of a source file and what is to stand in its place. */
export interface Replacement {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A file of the simulation and all that it imports as one module, which needs no loader: a worker thread has none.
 *
 * @param entry beside this file
 * @param replacement made in the source before
 * @throws RangeError when the text to be replaced does not stand in its file exactly once
 */
export async function bundle(entry: string, replacement?: Replacement): Promise<string> {
  let replaced = 0;
  const plugin: Plugin = {
    name: 'replacement',
    setup: (build) => {
      if (replacement === undefined) return;
      const filter = new RegExp(`/${replacement.file.replaceAll('.', '\\.')}$`);
      build.onLoad({ filter }, async ({ path }) => {
        replaced += 1;
        const contents = replaceOnce(await readFile(path, 'utf8'), replacement);
        return { contents, loader: 'ts' };
      });
    },
  };
  const { outputFiles } = await esbuild({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    plugins: [plugin],
  });
  if (replacement !== undefined && replaced !== 1) {
    throw new RangeError(`${replacement.file} is no part of ${entry}`);
  }
  return outputFiles[0]?.text ?? '';
}

/** A module as an address that can be imported. */
export function toUrl(code: string): URL {
  return new URL(`data:text/javascript;base64,${Buffer.from(code, 'utf8').toString('base64')}`);
}

function replaceOnce(source: string, { file, find, replace }: Replacement): string {
  const parts = source.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new RangeError(`expected ${find} once in ${file}, found it ${parts.length - 1} times`);
}
