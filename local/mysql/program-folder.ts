import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The parts of a fetched server, in one folder that can be moved and copied as a whole. It brings its own C library, so
 * that it runs on a machine whose own is older.
 */
export interface ProgramFolder {
  readonly program: string;
  /** The program and every library that it links to, with the loader. */
  readonly libraries: string;
  /** Messages in English, character sets, and MariaDB's statements for the system tables. */
  readonly share: string;
  readonly plugins: string;
}

const LOADER = /^ld-linux.*\.so\.\d+$/;

export function programFolder(folder: string): ProgramFolder {
  return {
    program: join(folder, 'server'),
    libraries: join(folder, 'libraries'),
    share: join(folder, 'share'),
    plugins: join(folder, 'plugins'),
  };
}

/** How a program is run with the loader and the libraries of `libraryFolders`, whatever the machine has. */
export async function loaderCommand(
  program: string,
  libraryFolders: readonly string[],
): Promise<string[]> {
  return [await findLoader(libraryFolders), '--library-path', libraryFolders.join(':'), program];
}

async function findLoader(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const name = (await readdir(folder)).find((entry) => LOADER.test(entry));
    if (name !== undefined) return join(folder, name);
  }
  throw new Error(`no loader (ld-linux-*.so) in ${folders.join(', ')}`);
}
