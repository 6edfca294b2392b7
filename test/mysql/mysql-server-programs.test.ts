import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatSource, readFirstSource } from '../../local/mysql/apt-sources.ts';
import { findServerProgram } from '../../local/mysql/server-programs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-programs-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the search for a server program', () => {
  const MYSQL = 'mysqld  Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)';
  const OLD_MYSQL = 'mysqld  Ver 8.0.13 for Linux on x86_64 (MySQL Community Server - GPL)';
  const MARIADB = 'mysqld  Ver 11.8.9-MariaDB for Linux on x86_64 (MariaDB Server)';

  /** A program that answers as a server does, in a folder that could be on PATH. */
  async function makeProgram(name: string, version: string): Promise<string> {
    const file = join(folder, name);
    const help = 'lc-messages-dir        /opt/share/of the server/\n';
    const script = `#!/bin/sh\ncase "$*" in *--help*) echo '${help}';; *) echo '${version}';; esac\n`;
    await writeFile(file, script, { mode: 0o755 });
    return file;
  }

  async function search(environment: NodeJS.ProcessEnv): Promise<unknown> {
    return await findServerProgram('mysql', { environment, cacheFolder: join(folder, 'cache') });
  }

  test('takes the program that the environment names', async () => {
    const file = await makeProgram('my-own-mysqld', MYSQL);
    expect(await search({ LOCKSTEP_MYSQLD: file, PATH: '/nowhere' })).toEqual({
      isFound: true,
      program: {
        flavour: 'mysql',
        version: '8.4.6',
        command: [file, '--no-defaults'],
        share: '/opt/share/of the server/',
        home: undefined,
      },
    });
  });

  test('takes a program on PATH', async () => {
    const file = await makeProgram('mysqld', MYSQL);
    expect(await search({ PATH: `/nowhere:${folder}` })).toMatchObject({
      isFound: true,
      program: { version: '8.4.6', command: [file, '--no-defaults'] },
    });
  });

  test('fails when the program of the environment is not there, whatever is on PATH', async () => {
    await makeProgram('mysqld', MYSQL);
    const LOCKSTEP_MYSQLD = join(folder, 'missing');
    expect(await search({ LOCKSTEP_MYSQLD, PATH: folder })).toEqual({
      isFound: false,
      reason: expect.stringMatching(/^LOCKSTEP_MYSQLD names .*missing: .*ENOENT/) as string,
    });
  });

  test('fails when the program is MariaDB under the name of MySQL', async () => {
    await makeProgram('mysqld', MARIADB);
    expect(await search({ PATH: folder })).toEqual({
      isFound: false,
      reason: expect.stringContaining(`it is not MySQL but ${MARIADB}`) as string,
    });
  });

  test('fails when the program is too old to keep two passwords', async () => {
    await makeProgram('mysqld', OLD_MYSQL);
    expect(await search({ PATH: folder })).toEqual({
      isFound: false,
      reason: expect.stringContaining('MySQL 8.0.13 is older than 8.0.14') as string,
    });
  });

  test('fails when there is none anywhere, and says what to do', async () => {
    expect(await search({ PATH: folder })).toEqual({
      isFound: false,
      reason:
        'no MySQL: mysqld is not on PATH; none was fetched; install MySQL 8.0.14 or later, ' +
        'or name its mysqld in LOCKSTEP_MYSQLD, ' +
        'or fetch it with: node --import tsx local/mysql/fetch.ts mysql',
    });
  });
});

describe('the first source of packages of a machine', () => {
  const SOURCE = {
    address: 'http://packages.test/debian',
    suite: 'stable',
    component: 'main',
    signedBy: '/usr/share/keyrings/example.gpg',
  };

  beforeEach(async () => {
    await mkdir(join(folder, 'sources.list.d'));
  });

  test('is read from stanzas', async () => {
    await writeFile(
      join(folder, 'sources.list.d', 'debian.sources'),
      '# a comment\nTypes: deb-src\nURIs: http://source.test/\nSuites: stable\nComponents: main\n\n' +
        'Enabled: no\nTypes: deb\nURIs: http://off.test/\nSuites: stable\nComponents: main\n\n' +
        'Types: deb\nURIs: http://packages.test/debian\n# in between\n' +
        'Suites: stable stable-updates\nComponents: main contrib\n' +
        'Signed-By: /usr/share/keyrings/example.gpg\n',
    );
    expect(await readFirstSource(folder)).toEqual(SOURCE);
  });

  test('is read from lines, before any stanza', async () => {
    await writeFile(
      join(folder, 'sources.list'),
      '# deb http://off.test stable main\n\n' +
        'deb [arch=amd64 signed-by=/usr/share/keyrings/example.gpg] http://packages.test/debian stable main contrib\n',
    );
    const other = 'Types: deb\nURIs: http://other.test/\nSuites: stable\nComponents: main\n';
    await writeFile(join(folder, 'sources.list.d', 'a.sources'), other);
    expect(await readFirstSource(folder)).toEqual(SOURCE);
  });

  test('fails when the machine has none', async () => {
    await expect(readFirstSource(folder)).rejects.toThrow('no source of Debian packages below');
  });

  test('is written as one stanza', () => {
    expect(formatSource({ ...SOURCE, suite: 'sid' })).toBe(
      'Types: deb\nURIs: http://packages.test/debian\nSuites: sid\nComponents: main\n' +
        'Signed-By: /usr/share/keyrings/example.gpg\n',
    );
  });
});
