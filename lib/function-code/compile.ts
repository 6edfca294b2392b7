import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync, type BuildOptions, type Metafile } from 'esbuild';
import { SUBSTITUTES } from './substitutes.ts';

const PROJECT_ROOT = path.join(import.meta.dirname, '../..');

/** Optional parts of the `pg` driver that this project neither installs nor reaches. */
const NOT_BUNDLED = ['pg-native', 'pg-cloudflare'];

const TARGET = {
  platform: 'node',
  target: 'node24',
  minify: true,
  legalComments: 'none',
} as const satisfies BuildOptions;

/** One file of a function's code. */
export interface CodeFile {
  /** Its name in the function's folder: all files lie side by side. */
  readonly name: string;
  readonly text: string;
}

export interface FunctionCode {
  /** `index.js`, and a file for every part that is loaded by `import()` or shared by two such parts. */
  readonly files: readonly CodeFile[];
  /** What each file is made of, as esbuild tells it. */
  readonly metafile: Metafile;
}

/**
 * Compiles a function's entry to minified CommonJS with every SDK and driver in it, split where the code says `import()`:
 * what a rotation never comes to is never read, let alone parsed.
 *
 * Two passes, because esbuild splits modules only, and Node starts CommonJS sooner (docs/BENCHMARKS.md).
 *
 * @param entry the TypeScript file that exports `handler`
 */
export function compileFunction(entry: string): FunctionCode {
  const { outputFiles, metafile } = buildSync({
    ...TARGET,
    entryPoints: [entry],
    entryNames: 'index',
    // Never written there; the names of the files are relative to it.
    outdir: path.join(PROJECT_ROOT, 'build'),
    absWorkingDir: PROJECT_ROOT,
    bundle: true,
    splitting: true,
    format: 'esm',
    chunkNames: '[name]-[hash]',
    mainFields: ['module', 'main'],
    external: NOT_BUNDLED,
    alias: { ...SUBSTITUTES },
    define: { 'import.meta.dirname': '__dirname' },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const modules = outputFiles.map(({ path: file, text }) => ({ name: path.basename(file), text }));
  return { files: toCommonJs(modules), metafile };
}

/** All at once: each run of esbuild is a process. */
function toCommonJs(modules: readonly CodeFile[]): readonly CodeFile[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'lockstep-code-'));
  try {
    const entryPoints = modules.map(({ name, text }) => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    });
    const { outputFiles } = buildSync({
      ...TARGET,
      entryPoints,
      outdir: path.join(folder, 'out'),
      absWorkingDir: folder,
      format: 'cjs',
      // With it, `import()` of a neighbour would go through the loader of modules.
      supported: { 'dynamic-import': false },
      write: false,
      // What it would warn of in others' code, the first pass leaves unsaid.
      logLevel: 'error',
    });
    return outputFiles.map(({ path: file, text }) => ({ name: path.basename(file), text }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
