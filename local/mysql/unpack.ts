import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { loaderCommand, programFolder } from './program-folder.ts';

/** Packages keep libraries in `lib/x86_64-linux-gnu` or, with a merged `/usr`, in `usr/lib/x86_64-linux-gnu`. */
const LIBRARY_PARENTS = ['usr/lib', 'lib'];
/** `	libc.so.6 => /path/of/libc.so.6 (0x00007f0000000000)` */
const LINKED_LIBRARY = /^\s*(\S+) => (\S+) \(0x/gm;
/** Of the shared files a server without clients needs these. */
const SHARED = /^(?:english|charsets|.*\.sql)$/;

/**
 * Unpacks `packages` into `tree`, and makes `folder` a program folder with the server `program` and no more than it needs
 * of them.
 */
export async function unpackProgram(
  packages: readonly string[],
  options: { readonly tree: string; readonly folder: string; readonly program: string },
): Promise<void> {
  const { tree, folder, program } = options;
  await mkdir(tree);
  for (const file of packages) await unpack(file, tree);
  const target = programFolder(folder);
  await mkdir(target.libraries, { recursive: true });
  await copyShared(join(tree, 'usr/share/mysql'), target.share);
  await copyIfThere(join(tree, 'usr/lib/mysql/plugin'), target.plugins);
  const server = join(tree, 'usr/sbin', program);
  await copyLibraries({ tree, server, to: target.libraries });
  await copyFile(server, target.program);
  await chmod(target.program, 0o755);
}

async function unpack(file: string, tree: string): Promise<void> {
  // dpkg-deb --extract replaces a link to a folder by a folder, which takes a merged /usr apart.
  const pipe =
    'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink --no-same-owner';
  await promisify(execFile)('/bin/sh', ['-c', pipe, 'unpack', file, tree]);
}

async function copyLibraries(options: {
  readonly tree: string;
  readonly server: string;
  readonly to: string;
}): Promise<void> {
  const { tree, server, to } = options;
  const [loader = '', ...rest] = await loaderCommand(server, await findLibraryFolders(tree));
  const { stdout } = await promisify(execFile)(loader, ['--list', ...rest]);
  for (const [, name = '', path = ''] of stdout.matchAll(LINKED_LIBRARY)) {
    // The loader itself is listed with the machine's path.
    if (path.startsWith(tree)) await copyFile(path, join(to, basename(name)));
  }
  await copyFile(loader, join(to, basename(loader)));
  await chmod(join(to, basename(loader)), 0o755);
}

async function findLibraryFolders(tree: string): Promise<string[]> {
  const folders: string[] = [];
  for (const parent of LIBRARY_PARENTS) {
    const names = await readdir(join(tree, parent)).catch(() => [] as string[]);
    const triplets = names.filter((name) => name.endsWith('-linux-gnu'));
    folders.push(...triplets.map((name) => join(tree, parent, name)));
  }
  return folders;
}

async function copyShared(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    if (SHARED.test(name)) await cp(join(from, name), join(to, name), { recursive: true });
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await mkdir(to);
  const isThere = await stat(from).then(
    () => true,
    () => false,
  );
  if (isThere) await cp(from, to, { recursive: true });
}
