import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Engine } from '../../lambda/ports/database.ts';
import { FLAVOURS } from '../mysql/flavours.ts';
import { findServerProgram } from '../mysql/server-programs.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const FETCH = fileURLToPath(new URL('../mysql/fetch.ts', import.meta.url));
const FETCH_MAX_MS = 300_000;

/** An engine that this machine does not have, and what to do about it. */
export interface MissingServer {
  readonly engine: Engine;
  readonly reason: string;
}

/** Looks for the servers of these engines, and fetches those that are not there. The others come with `npm ci`. */
export async function findMissingServers(
  engines: readonly Engine[],
  progress: (what: string) => void,
): Promise<readonly MissingServer[]> {
  const missing: MissingServer[] = [];
  for (const flavour of FLAVOURS.filter((one) => engines.includes(one))) {
    if ((await findServerProgram(flavour)).isFound) continue;
    progress(`fetching ${flavour}`);
    await promisify(execFile)(process.execPath, ['--import', 'tsx', FETCH, flavour], {
      cwd: REPOSITORY,
      timeout: FETCH_MAX_MS,
    }).catch(() => undefined);
    const search = await findServerProgram(flavour);
    if (!search.isFound) missing.push({ engine: flavour, reason: search.reason });
  }
  return missing;
}
