import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { within } from '../../lambda/adapters/deadline.ts';
import { loadOracleDriver } from '../../lambda/adapters/oracle-driver.ts';
import { loginFailure, type LoginFailure } from './login-failure.ts';
import type { ProbedDatabase } from './prober-config.ts';

export type LoginResult = { readonly outcome: 'accepted' } | LoginFailure;

export interface LoginCredential {
  readonly username: string;
  readonly password: string;
}

/** A database that is silent for so long is given up. */
const LOGIN_MAX_MS = 8_000;
const CONNECT_MAX_MS = 6_000;
const STATEMENT_MAX_MS = 4_000;
const MS_PER_SECOND = 1_000;

/**
 * Opens a new connection over verified TLS with the database's real driver, asks it who is logged in, and closes it.
 * Never rejects.
 */
export async function logIn(
  database: ProbedDatabase,
  credential: LoginCredential,
): Promise<LoginResult> {
  try {
    const user = await within(LOGIN_MAX_MS, askUser(database, credential));
    const isOwn = user.toLowerCase() === credential.username.toLowerCase();
    return isOwn ? { outcome: 'accepted' } : { outcome: 'error', code: 'another user' };
  } catch (error) {
    return loginFailure(error);
  }
}

async function askUser(database: ProbedDatabase, credential: LoginCredential): Promise<string> {
  switch (database.engine) {
    case 'postgres':
      return await askPostgres(database, credential);
    case 'mysql':
    case 'mariadb':
      return await askMysql(database, credential);
    case 'oracle':
      return await askOracle(database, credential);
  }
}

async function askPostgres(
  { host, port, database, ca }: Extract<ProbedDatabase, { engine: 'postgres' }>,
  { username: user, password }: LoginCredential,
): Promise<string> {
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password,
    ssl: { ca },
    connectionTimeoutMillis: CONNECT_MAX_MS,
    query_timeout: STATEMENT_MAX_MS,
  });
  // Without a listener, a connection that breaks later would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('SELECT current_user AS name');
    return rows[0]?.name ?? '';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function askMysql(
  { host, port, ca }: Extract<ProbedDatabase, { engine: 'mysql' | 'mariadb' }>,
  { username: user, password }: LoginCredential,
): Promise<string> {
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    ssl: { ca, verifyIdentity: true },
    connectTimeout: CONNECT_MAX_MS,
  });
  connection.on('error', () => undefined);
  try {
    const [rows] = await connection.query<RowDataPacket[]>({
      sql: "SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AS name",
      timeout: STATEMENT_MAX_MS,
    });
    return String(rows[0]?.['name']);
  } finally {
    await connection.end().catch(() => undefined);
  }
}

async function askOracle(
  { connectString, walletContent, walletPassword }: Extract<ProbedDatabase, { engine: 'oracle' }>,
  { username: user, password }: LoginCredential,
): Promise<string> {
  const driver = await loadOracleDriver();
  const connection = await driver.getConnection({
    user,
    password,
    connectString,
    walletContent,
    walletPassword,
    connectTimeout: CONNECT_MAX_MS / MS_PER_SECOND,
    transportConnectTimeout: CONNECT_MAX_MS / MS_PER_SECOND,
  });
  try {
    connection.callTimeout = STATEMENT_MAX_MS;
    const { rows } = await connection.execute<[string]>('SELECT USER FROM DUAL');
    return rows?.[0]?.[0] ?? '';
  } finally {
    await connection.close().catch(() => undefined);
  }
}
