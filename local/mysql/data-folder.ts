import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { giveTo, type Account } from '../postgres/temporary-folder.ts';
import type { ServerProgram } from './server-programs.ts';
import { formatSettings, storageSettings } from './server-settings.ts';

export interface DataFolderOptions {
  readonly program: ServerProgram;
  /** The server's own folder, that `account` can write to. */
  readonly folder: string;
  /** Of `root`, who can come in by the Unix socket only. Letters, digits, `-` and `_`. */
  readonly password: string;
  readonly account: Account | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

const CREATE_TIMEOUT_MS = 60_000;
const SYSTEM_TABLES = [
  'mysql_system_tables.sql',
  'mysql_performance_tables.sql',
  'mysql_system_tables_data.sql',
];

/** Makes `data`, a new folder, one that a server can start from: `root`@`localhost` with a password and nobody else. */
export async function makeDataFolder(data: string, options: DataFolderOptions): Promise<void> {
  await mkdir(data, { mode: 0o700 });
  await giveTo(options.account, data);
  if (options.program.flavour === 'mysql') await makeMysql(data, options);
  else await makeMariadb(data, options);
}

async function makeMysql(data: string, options: DataFolderOptions): Promise<void> {
  const statements = join(options.folder, 'root-password.sql');
  await writeFile(statements, `${setRootPassword(options.password)}\n`, { mode: 0o600 });
  await giveTo(options.account, statements);
  try {
    await runServer(data, options, ['--initialize-insecure', `--init-file=${statements}`]);
  } finally {
    await rm(statements);
  }
}

/** What `mariadb-install-db` does, without its help texts, anonymous users and test database. */
async function makeMariadb(data: string, options: DataFolderOptions): Promise<void> {
  const files = SYSTEM_TABLES.map(
    async (name) => await readFile(join(options.program.share, name), 'utf8'),
  );
  const statements = [
    'CREATE DATABASE mysql;',
    'USE mysql;',
    'SET @auth_root_socket = NULL;',
    ...(await Promise.all(files)),
    "DELETE FROM global_priv WHERE User = 'root' AND Host <> 'localhost';",
    'DELETE FROM proxies_priv;',
    'FLUSH PRIVILEGES;',
    setRootPassword(options.password),
  ];
  await runServer(data, options, ['--bootstrap'], statements.join('\n'));
}

function setRootPassword(password: string): string {
  return `ALTER USER root@localhost IDENTIFIED BY '${password}';`;
}

async function runServer(
  data: string,
  { program, folder, account, environment }: DataFolderOptions,
  args: readonly string[],
  input = '',
): Promise<void> {
  const [file = '', ...first] = program.command;
  // A server removes temporary tables that it finds when it starts: in a shared folder, those of others too.
  const settings = { ...storageSettings(program.flavour), datadir: data, tmpdir: folder };
  const running = promisify(execFile)(file, [...first, ...args, ...formatSettings(settings)], {
    ...account,
    cwd: folder,
    env: environment,
    timeout: CREATE_TIMEOUT_MS,
  });
  const { stdin } = running.child;
  // A server that stops early breaks the pipe; its exit says why.
  stdin?.on('error', () => undefined);
  stdin?.end(input);
  await running;
}
