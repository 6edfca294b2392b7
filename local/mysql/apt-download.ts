import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { formatSource, type AptSource } from './apt-sources.ts';

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Downloads a package and all that it depends on, down to the C library, into `folder`, and resolves to the paths of the
 * package files. apt verifies every one of them against the source's signature.
 *
 * The machine's apt is used with lists, cache, status and configuration of its own, all in `folder`: the machine's are
 * neither changed nor locked, and nobody needs to be root. Of the machine's configuration it keeps how to reach a server.
 */
export async function downloadPackages(
  folder: string,
  options: { readonly source: AptSource; readonly package: string },
): Promise<string[]> {
  const archives = join(folder, 'archives');
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  await mkdir(join(folder, 'parts'));
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'only.sources'), formatSource(options.source));
  const configuration = join(folder, 'apt.conf');
  await writeFile(configuration, formatConfiguration(folder, await readAcquireSettings()));
  const environment = { ...process.env, APT_CONFIG: configuration, LC_ALL: 'C' };
  await run(['apt-get', '--error-on=any', 'update'], environment);
  const download = ['install', '--yes', '--no-install-recommends', '--download-only'];
  await run(['apt-get', ...download, options.package], environment);
  const names = (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort();
  return names.map((name) => join(archives, name));
}

function formatConfiguration(folder: string, acquireSettings: string): string {
  const settings = {
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Dir::Etc::sourcelist': join(folder, 'only.sources'),
    'Dir::Etc::sourceparts': '-',
    // Others may hang commands on apt that clean up the machine's own cache.
    'Dir::Etc::parts': join(folder, 'parts'),
    'Dir::Etc::main': '-',
    'Acquire::Languages': 'none',
    // As root apt would download as an account that may not reach our folder.
    'APT::Sandbox::User': 'root',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  return acquireSettings + lines.join('');
}

/** Proxies, timeouts and the like, as lines of apt's configuration. */
async function readAcquireSettings(): Promise<string> {
  const dump = await run(['apt-config', 'dump'], process.env);
  const isKept = (line: string): boolean =>
    line.startsWith('Acquire::') && !line.startsWith('Acquire::IndexTargets');
  return dump
    .split('\n')
    .filter(isKept)
    .map((line) => `${line}\n`)
    .join('');
}

async function run(command: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const [program = '', ...args] = command;
  const limits = { timeout: DOWNLOAD_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
  try {
    return (await promisify(execFile)(program, args, { env, ...limits })).stdout;
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { readonly stderr?: string };
    throw new Error(`${command.join(' ')} failed: ${stderr.trim() || message}`, { cause });
  }
}
