import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import type { Identity } from '../certificate-authority.ts';
import { ServerStartError } from '../postgres/server-process.ts';
import {
  giveTo,
  makeTemporaryFolder,
  serverAccount,
  type Account,
} from '../postgres/temporary-folder.ts';
import { makeDataFolder } from './data-folder.ts';
import type { Flavour } from './flavours.ts';
import { makeReachable } from './reachable-program.ts';
import { findServerProgram, type ServerProgram } from './server-programs.ts';
import { MysqlProcess } from './mysql-process.ts';
import { countRefusedLogins, formatSettings, serviceSettings } from './server-settings.ts';
import type { Settings } from './server-settings.ts';

/** An account that may log in from anywhere and nothing more. */
export interface MysqlUser {
  readonly name: string;
  readonly password: string;
}

export interface MysqlServerOptions {
  readonly flavour: Flavour;
  /** What the server shows. Its names decide by which host names clients can verify it. */
  readonly identity: Identity;
  /** @default none */
  readonly users?: readonly MysqlUser[];
  /** Options that win over ours, for example `{ 'performance-schema': 'ON' }`. */
  readonly settings?: Settings;
}

/** Ports are taken between finding a free one and using it seldom enough. */
const START_ATTEMPTS_MAX = 5;
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };

/**
 * A real MySQL or MariaDB on 127.0.0.1, over TLS 1.2 or later only, every statement and every login in its general log.
 * It runs as `nobody` where we are root, and is gone without a trace after `close()` or when this process ends in
 * whatever way. Its program is one that `findServerProgram` finds; nothing is fetched.
 *
 * It promises nothing about the data: it does not wait for the disk.
 */
export class MysqlServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** As the server's program says it. */
  readonly version: string;
  readonly #process: MysqlProcess;
  readonly #root: RootAccess;

  private constructor(started: StartedProcess) {
    this.port = started.port;
    this.version = started.version;
    this.#process = started.process;
    this.#root = started.root;
  }

  /**
   * Rejects with the search's reason where there is no program, with `ServerStartError` where the server does not come
   * up, as with an unknown setting.
   */
  static async start(options: MysqlServerOptions): Promise<MysqlServer> {
    const search = await findServerProgram(options.flavour);
    if (!search.isFound) throw new Error(search.reason);
    const server = new MysqlServer(await startProcess(search.program, options));
    try {
      for (const user of options.users ?? []) await server.createUser(user);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** What the server says of itself, so far; after `close()`, to its end. */
  log(): string {
    return this.#process.log();
  }

  /** Every login and every statement so far, as the server writes them; after `close()`, to its end. */
  generalLog(): string {
    return this.#process.generalLog();
  }

  /**
   * How many logins of `user` the log says were refused: for a wrong password, because there is no such user, and with
   * MariaDB also for the lack of TLS, which MySQL refuses before it looks at the user.
   */
  refusedLogins(user: string): number {
    return countRefusedLogins(this.log(), user);
  }

  /** Runs one statement as `root`, in a session of its own, and resolves to its rows. The general log has it. */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    return await this.#asRoot(async (connection) => {
      const [rows] = await connection.query(sql);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    });
  }

  /** Creates a user who may log in. The password is in no log, which MariaDB would write it to as it is. */
  async createUser(user: MysqlUser): Promise<void> {
    await this.#asRoot(async (connection) => {
      await connection.query('SET SESSION sql_log_off = ON');
      await connection.query("CREATE USER ?@'%' IDENTIFIED BY ?", [user.name, user.password]);
    });
  }

  /** Stops the server: sessions end, open transactions roll back, its folder goes. May be called again. */
  async close(): Promise<void> {
    await this.#process.stop();
  }

  async #asRoot<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await createConnection({ user: 'root', ...this.#root });
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }
}

interface RootAccess {
  readonly socketPath: string;
  readonly password: string;
}

interface StartedProcess {
  readonly process: MysqlProcess;
  readonly port: number;
  readonly version: string;
  readonly root: RootAccess;
}

async function startProcess(
  program: ServerProgram,
  options: MysqlServerOptions,
): Promise<StartedProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startProcessOn(await findFreePort(), program, options);
    } catch (error) {
      const isPortTaken =
        error instanceof ServerStartError && error.log.includes('Address already in use');
      if (!isPortTaken || attempt === START_ATTEMPTS_MAX) throw error;
    }
  }
}

async function startProcessOn(
  port: number,
  found: ServerProgram,
  options: MysqlServerOptions,
): Promise<StartedProcess> {
  const account = serverAccount();
  const environment = ENVIRONMENT;
  const folder = await makeTemporaryFolder(account);
  const program = await makeReachable(found, { folder, account }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true });
    throw error;
  });
  const [data, socketPath] = [join(folder, 'data'), join(folder, 'socket')];
  const password = randomBytes(24).toString('base64url');
  const settings = {
    ...serviceSettings(options.flavour),
    port: String(port),
    socket: socketPath,
    datadir: data,
    tmpdir: folder,
    'pid-file': join(folder, 'pid'),
    'general-log-file': join(folder, 'general.log'),
    'ssl-cert': join(folder, 'server.crt'),
    'ssl-key': join(folder, 'server.key'),
    ...options.settings,
  };
  const command = [...program.command, ...formatSettings(settings)];
  const server = await MysqlProcess.prepare({ folder, command, account, environment });
  try {
    await makeDataFolder(data, { program, folder, password, account, environment });
    await writeIdentity(folder, options.identity, account);
    await server.run();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { process: server, port, version: program.version, root: { socketPath, password } };
}

async function writeIdentity(
  folder: string,
  identity: Identity,
  account: Account | undefined,
): Promise<void> {
  const key = join(folder, 'server.key');
  await writeFile(join(folder, 'server.crt'), identity.certificatePem);
  await writeFile(key, identity.privateKeyPem, { mode: 0o600 });
  await giveTo(account, key);
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
