import { isIP, Socket } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { Client, ClientConfig } from 'pg';
import type { PostgresConfig } from '../../config/database-config.ts';
import type { Credential } from '../domain/credential.ts';
import {
  ConfigurationError,
  DatabaseError,
  NotPermittedError,
  type LockstepError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { Database, DatabaseSession, OwnSession } from '../ports/database.ts';
import { PostgresConnection, STATEMENT_MAX_MS } from './postgres-connection.ts';
import { isLoginRefused, loginError } from './postgres-errors.ts';
import { PostgresSession } from './postgres-session.ts';
import { PostgresSuperuserSession } from './postgres-superuser-session.ts';

const LOGIN_MAX_MS = 10_000;
/** The server is to give up first: its answer says that nothing happened, our giving up says nothing. */
const SERVER_SHARE = 0.8;
/** Another session that changes the same role holds its row for milliseconds; whoever holds it longer is in the way. */
const LOCK_MAX_MS = 3_000;

export interface PostgresOptions {
  readonly config: PostgresConfig;
  /** Certificates, PEM, that the server's own must chain to; left out: the public ones that Node ships. */
  readonly ca?: string | undefined;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Reads what the superuser secret holds; left out: there is no superuser. Called when it is needed. */
  readonly superuser?: (() => Promise<Credential>) | undefined;
}

/**
 * PostgreSQL, on Amazon RDS or elsewhere: its writer itself, not a pooler or proxy, which would compare passwords with
 * a copy of its own. Roles need no privilege to change their own password.
 */
export class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly canTakeBack = true;
  readonly #options: PostgresOptions;

  constructor(options: PostgresOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.config.name;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const { redactor, randomBytes, config } = this.#options;
    const connection = await this.#connect(credential, 'the secret');
    if (connection === 'refused') return 'refused';
    return new PostgresSession({
      connection,
      username: credential.username,
      ownerRole: config.ownerRole,
      testQuery: config.testQuery,
      redactor,
      randomBytes,
      subject: this.name,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const { redactor, randomBytes, superuser, config } = this.#options;
    if (superuser === undefined) return undefined;
    const credential = await superuser();
    const secret = `the superuser secret ${config.superuserSecretArn ?? ''}`.trimEnd();
    const connection = await this.#connect(credential, secret).catch((error: unknown) => {
      throw error instanceof NotPermittedError ? this.#superuserError(credential, error) : error;
    });
    if (connection === 'refused') throw this.#superuserError(credential);
    return new PostgresSuperuserSession({
      connection,
      username,
      redactor,
      randomBytes,
      subject: this.name,
      superuser: { name: credential.username, target: username },
    });
  }

  /** @param secret where the credential is from, for messages */
  async #connect(credential: Credential, secret: string): Promise<PostgresConnection | 'refused'> {
    const { budget, redactor } = this.#options;
    redactor.add(credential.password.reveal());
    if (credential.username === '') {
      throw new DatabaseError(`${secret} has an empty user name`, {
        subject: this.name,
        remedy: 'put the name of the user into it',
      });
    }
    const socket = new Socket();
    const client = await this.#client(credential, socket);
    // An error with nobody waiting for an answer would otherwise end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      socket.destroy();
      if (isLoginRefused(error)) return 'refused';
      throw loginError(error, { subject: this.name, redactor });
    }
    return new PostgresConnection({ client, socket, budget });
  }

  #superuserError({ username }: Credential, reason?: LockstepError): ConfigurationError {
    const { superuserSecretArn = '' } = this.#options.config;
    return new ConfigurationError(`the database refuses the superuser ${username}`, {
      subject: this.name,
      remedy:
        `put the user name and password of a role that can log in into the superuser secret ${superuserSecretArn}`.trimEnd(),
      cause: reason?.cause,
    });
  }

  async #client(credential: Credential, socket: Socket): Promise<Client> {
    // Loaded here, so that a rotation without PostgreSQL does not load the driver.
    const { Client } = await import('pg');
    const { config, budget } = this.#options;
    const serverMaxMs = Math.ceil(budget.timeoutMs(STATEMENT_MAX_MS) * SERVER_SHARE);
    const options: ClientConfig & { replication: string } = {
      host: config.host,
      port: config.port,
      database: config.database,
      user: credential.username,
      // A function, because an empty text would make the driver look into PGPASSWORD and ~/.pgpass.
      password: () => credential.password.reveal(),
      ssl: this.#tls(),
      connectionTimeoutMillis: budget.timeoutMs(LOGIN_MAX_MS),
      statement_timeout: serverMaxMs,
      lock_timeout: Math.min(LOCK_MAX_MS, serverMaxMs),
      idle_in_transaction_session_timeout: STATEMENT_MAX_MS,
      application_name: 'lockstep',
      stream: () => socket,
      // The driver fills every option that is left out or empty from the environment (PGOPTIONS, PGREPLICATION,
      // PGSSLNEGOTIATION, PGCLIENT_ENCODING), so all of them are given.
      client_encoding: 'UTF8',
      sslnegotiation: 'postgres',
      replication: 'false',
      // Users that only read often have this set on the role, where it would forbid ALTER ROLE too.
      options: '-c default_transaction_read_only=off',
    };
    return new Client(options);
  }

  #tls(): ConnectionOptions {
    const { config, ca } = this.#options;
    const expected = config.serverName ?? config.host;
    return {
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      // The driver names `host` to TLS whatever is asked for, unless `host` is an address; so the name is compared here.
      checkServerIdentity: (_host, certificate) => checkServerIdentity(expected, certificate),
      ...(isIP(expected) === 0 ? { servername: expected } : {}),
    };
  }
}
