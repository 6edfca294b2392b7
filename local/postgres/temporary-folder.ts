import { chmod, chown, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The account that a server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on every Linux of today. A server wants an account that has a name. */
const NOBODY: Account = { uid: 65534, gid: 65534 };
/** Others may list and enter it. */
const OPEN_TO_OTHERS = 0o005;

/** No database server is to run as root: then it is `nobody`, else undefined, the account we run as. */
export function serverAccount(): Account | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/**
 * Makes an empty folder that `account` owns and can reach, below TMPDIR where that can be, else below `/tmp`. The
 * caller removes it.
 */
export async function makeTemporaryFolder(account: Account | undefined): Promise<string> {
  const parent = account === undefined ? tmpdir() : await findOpenFolder([tmpdir(), '/tmp']);
  const folder = await mkdtemp(join(parent, 'lockstep-server-'));
  await chmod(folder, 0o755);
  await giveTo(account, folder);
  return folder;
}

/** Makes `account`, where there is one, the owner of `path`. */
export async function giveTo(account: Account | undefined, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

async function findOpenFolder(candidates: readonly string[]): Promise<string> {
  for (const candidate of candidates) {
    if (await isOpenToOthers(resolve(candidate))) return candidate;
  }
  throw new Error(
    `the server does not run as root, and no other account can reach ${candidates.join(' or ')}: ` +
      'set TMPDIR to a folder that everybody may enter',
  );
}

/** Whether every account can reach what is in `folder`, an absolute path. */
export async function isOpenToOthers(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & OPEN_TO_OTHERS) !== OPEN_TO_OTHERS) return false;
  const parent = dirname(folder);
  return parent === folder || (await isOpenToOthers(parent));
}
