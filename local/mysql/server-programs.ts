import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { FLAVOUR_FACTS, type Flavour } from './flavours.ts';
import { loaderCommand, programFolder } from './program-folder.ts';

export interface ServerProgram {
  readonly flavour: Flavour;
  /** As the program says it, for example `9.7.4-2` or `10.11.18-MariaDB-0+deb12u1`. */
  readonly version: string;
  /** Program and first arguments. */
  readonly command: readonly string[];
  /** Where its messages, character sets and statements are. */
  readonly share: string;
  /** The folder that has all of it, where we fetched it; undefined for an installed one. */
  readonly home: string | undefined;
}

export type ProgramSearch =
  | { readonly isFound: true; readonly program: ServerProgram }
  /** `reason` says what was looked for and what to do about it. */
  | { readonly isFound: false; readonly reason: string };

export interface SearchPlaces {
  /** Read for the flavour's variable and `PATH`. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where `fetch.ts` puts what it fetches, one folder a flavour. */
  readonly cacheFolder: string;
}

/** `.cache` of the project. */
export const CACHE_FOLDER = join(import.meta.dirname, '..', '..', '.cache');
const PROGRAM_TIMEOUT_MS = 20_000;
const HELP_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Finds a server that can keep two passwords for an account: where the environment says (then nowhere else), on PATH, or
 * fetched earlier. It fetches nothing and rejects on nothing: a server that cannot be had is a reason.
 */
export async function findServerProgram(
  flavour: Flavour,
  places: SearchPlaces = { environment: process.env, cacheFolder: CACHE_FOLDER },
): Promise<ProgramSearch> {
  const { name, program, variable, versionMin } = FLAVOUR_FACTS[flavour];
  const reasons: string[] = [];
  const chosen = places.environment[variable];
  try {
    if (chosen !== undefined && chosen !== '') return found(await inspect(flavour, [chosen]));
  } catch (error) {
    const reason = `${variable} names ${chosen ?? ''}: ${(error as Error).message}`;
    return { isFound: false, reason };
  }
  const candidates = [
    async () => await inspectOnPath(flavour, places.environment['PATH'] ?? ''),
    async () => await inspectFolder(flavour, join(places.cacheFolder, flavour)),
  ];
  for (const candidate of candidates) {
    try {
      return found(await candidate());
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  const remedy =
    `install ${name} ${versionMin.join('.')} or later, or name its ${program} in ${variable}, ` +
    `or fetch it with: node --import tsx local/mysql/fetch.ts ${flavour}`;
  return { isFound: false, reason: `no ${name}: ${reasons.join('; ')}; ${remedy}` };
}

/** A server that `fetch.ts` put into `folder`. Rejects where there is none. */
export async function inspectFolder(flavour: Flavour, folder: string): Promise<ServerProgram> {
  if (!(await isExecutable(programFolder(folder).program))) {
    throw new Error('none was fetched');
  }
  const { program, libraries, share, plugins } = programFolder(folder);
  const options = [
    '--no-defaults',
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${join(share, 'charsets')}`,
    `--plugin-dir=${plugins}`,
  ];
  const command = [...(await loaderCommand(program, [libraries])), ...options];
  return { flavour, version: await readVersion(flavour, command), command, share, home: folder };
}

async function inspectOnPath(flavour: Flavour, path: string): Promise<ServerProgram> {
  const { program } = FLAVOUR_FACTS[flavour];
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, program);
    if (await isExecutable(file)) return await inspect(flavour, [file]);
  }
  throw new Error(`${program} is not on PATH`);
}

async function inspect(flavour: Flavour, program: readonly string[]): Promise<ServerProgram> {
  const command = [...program, '--no-defaults'];
  const version = await readVersion(flavour, command);
  const help = await run([...command, '--verbose', '--help']);
  const share = /^lc-messages-dir\s+(\S.*?)\s*$/m.exec(help)?.[1];
  if (share === undefined)
    throw new Error(`${program.join(' ')} does not say where its messages are`);
  return { flavour, version, command, share, home: undefined };
}

async function readVersion(flavour: Flavour, command: readonly string[]): Promise<string> {
  const { name, versionMin } = FLAVOUR_FACTS[flavour];
  const answer = (await run([...command, '--version'])).trim();
  const [, version = '', ...numbers] = /Ver ((\d+)\.(\d+)\.(\d+)\S*)/.exec(answer) ?? [];
  if (version === '') throw new Error(`its version is not understood: ${answer}`);
  if (/mariadb/i.test(answer) !== (flavour === 'mariadb')) {
    throw new Error(`it is not ${name} but ${answer}`);
  }
  if (isBefore(numbers.map(Number), versionMin)) {
    throw new Error(`${name} ${version} is older than ${versionMin.join('.')}`);
  }
  return version;
}

function isBefore(version: readonly number[], least: readonly number[]): boolean {
  const differing = least.findIndex((number, index) => version[index] !== number);
  return differing !== -1 && (version[differing] ?? 0) < (least[differing] ?? 0);
}

async function run(command: readonly string[]): Promise<string> {
  const [program = '', ...args] = command;
  // As root it answers --help only when it is told which account it would run as.
  const account = process.getuid?.() === 0 && args.includes('--help') ? ['--user=nobody'] : [];
  const { stdout } = await promisify(execFile)(program, [...args, ...account], {
    timeout: PROGRAM_TIMEOUT_MS,
    maxBuffer: HELP_BYTES_MAX,
  });
  return stdout;
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function found(program: ServerProgram): ProgramSearch {
  return { isFound: true, program };
}
