import { constants } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo, isOpenToOthers, type Account } from '../postgres/temporary-folder.ts';
import { inspectFolder, type ServerProgram } from './server-programs.ts';

/**
 * The program as `account` can run it. What we fetched is copied into `folder` where the project's own folder is closed to
 * others; what is installed is there for everybody. The copy's folders are the account's, so that it can remove them.
 */
export async function makeReachable(
  program: ServerProgram,
  options: { readonly folder: string; readonly account: Account | undefined },
): Promise<ServerProgram> {
  const { folder, account } = options;
  const { home, flavour } = program;
  if (home === undefined || account === undefined || (await isOpenToOthers(home))) return program;
  const copy = join(folder, 'program');
  await cp(home, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  await giveTo(account, copy);
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await giveTo(account, join(entry.parentPath, entry.name));
  }
  return await inspectFolder(flavour, copy);
}
