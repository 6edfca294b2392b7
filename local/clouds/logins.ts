import { createConnection } from 'mysql2/promise';
import oracledb from 'oracledb';
import pg from 'pg';
import type { Engine } from '../../lambda/ports/database.ts';
import type { MysqlServer } from '../mysql/mysql-server.ts';
import type { Clouds } from './clouds.ts';
import { USERNAME } from './run-secrets.ts';
import { DATABASE_NAMES, enginesOf } from './topology.ts';

/** Whether a database takes a password, asked with its real driver and nothing of Lockstep's. */
export interface Login {
  readonly name: string;
  readonly engine: Engine;
  /** @param username left out: the one user that there is */
  readonly accepts: (password: string, username?: string) => Promise<boolean>;
}

export function loginsOf(clouds: Clouds): readonly Login[] {
  return enginesOf(clouds.topology).map((engine) => ({
    name: DATABASE_NAMES[engine],
    engine,
    accepts: async (password, username = USERNAME) =>
      await ACCEPTS[engine](clouds, { username, password }),
  }));
}

interface Credential {
  readonly username: string;
  readonly password: string;
}

const ACCEPTS: Readonly<
  Record<Engine, (clouds: Clouds, credential: Credential) => Promise<boolean>>
> = {
  postgres: postgresAccepts,
  mysql: async (clouds, credential) =>
    await mysqlAccepts(clouds, clouds.databases.mysql, credential),
  mariadb: async (clouds, credential) =>
    await mysqlAccepts(clouds, clouds.databases.mariadb, credential),
  oracle: oracleAccepts,
};

async function postgresAccepts(
  { databases: { postgres }, authority }: Clouds,
  { username: user, password }: Credential,
): Promise<boolean> {
  const client = new pg.Client({
    host: 'localhost',
    port: postgres.port,
    database: postgres.database,
    user,
    password,
    ssl: { ca: authority.certificatePem },
  });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function mysqlAccepts(
  { authority }: Clouds,
  server: MysqlServer | undefined,
  { username: user, password }: Credential,
): Promise<boolean> {
  if (server === undefined) throw new Error('the server was not started');
  try {
    const connection = await createConnection({
      host: 'localhost',
      port: server.port,
      user,
      password,
      ssl: { ca: authority.certificatePem, verifyIdentity: true },
    });
    await connection.query('SELECT 1');
    await connection.end();
    return true;
  } catch (error) {
    if ((error as { errno?: number }).errno === 1045) return false;
    throw error;
  }
}

async function oracleAccepts(
  { databases: { oracle }, wallet, secrets }: Clouds,
  { username: user, password }: Credential,
): Promise<boolean> {
  const attributes = {
    user,
    password,
    connectString: oracle.connectStringFor('localhost'),
    walletContent: wallet,
    walletPassword: secrets.walletPassword,
  };
  try {
    const connection = await oracledb.getConnection(attributes);
    await connection.close();
    return true;
  } catch (error) {
    if ((error as { errorNum?: number }).errorNum === 1017) return false;
    throw error;
  }
}
