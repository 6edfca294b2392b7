import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadPackages } from './apt-download.ts';
import { readFirstSource } from './apt-sources.ts';
import { FLAVOUR_FACTS, FLAVOURS, type Flavour } from './flavours.ts';
import { CACHE_FOLDER, findServerProgram, inspectFolder } from './server-programs.ts';
import { unpackProgram } from './unpack.ts';

const USAGE = `node --import tsx local/mysql/fetch.ts [mysql] [mariadb]

Makes sure that the servers are there for the tests, both where none is named. What is neither installed nor fetched yet
is fetched with this machine's apt (Debian; about 70 MB for MySQL, 25 MB for MariaDB) into .cache/ of the project. The
machine itself stays as it is, and nobody needs to be root.

Exit status: 0 they are there, 1 one could not be had, 2 wrong arguments.
`;

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const chosen = FLAVOURS.filter((flavour) => names.length === 0 || names.includes(flavour));
  if (names.some((name) => !(FLAVOURS as readonly string[]).includes(name))) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  for (const flavour of chosen) {
    const search = await findServerProgram(flavour);
    const { name, program: server, variable, versionMin } = FLAVOUR_FACTS[flavour];
    try {
      const program = search.isFound ? search.program : await fetchProgram(flavour);
      process.stdout.write(
        `${name} ${program.version}: ${program.home ?? program.command.join(' ')}\n`,
      );
    } catch (error) {
      process.stderr.write(
        `${name}: ${(error as Error).message}\nWhere apt has none, install ${name} ` +
          `${versionMin.join('.')} or later, or name its ${server} in ${variable}.\n`,
      );
      process.exitCode = 1;
    }
  }
}

/** All or nothing: an interrupted run leaves only a folder that no search looks at. */
async function fetchProgram(flavour: Flavour): ReturnType<typeof inspectFolder> {
  const { package: name, program, suite } = FLAVOUR_FACTS[flavour];
  const machine = await readFirstSource();
  await mkdir(CACHE_FOLDER, { recursive: true });
  const workFolder = await mkdtemp(join(CACHE_FOLDER, `${flavour}-fetch-`));
  try {
    await chmod(workFolder, 0o755);
    const source = { ...machine, suite: suite ?? machine.suite };
    const packages = await downloadPackages(join(workFolder, 'apt'), { source, package: name });
    const folder = join(workFolder, 'program');
    await unpackProgram(packages, { tree: join(workFolder, 'tree'), folder, program });
    // It must run and be what we wanted before anybody can find it.
    await inspectFolder(flavour, folder);
    await rm(join(CACHE_FOLDER, flavour), { recursive: true, force: true });
    await rename(folder, join(CACHE_FOLDER, flavour));
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
  return await inspectFolder(flavour, join(CACHE_FOLDER, flavour));
}

await main();
