import oracledb from 'oracledb';
import pg from 'pg';
import { ORACLE_NAME, POSTGRES_NAME, type Clouds } from './clouds.ts';
import { USERNAME } from './run-secrets.ts';

/** Whether a database takes a password, asked with its real driver and nothing of Lockstep's. */
export interface Login {
  readonly name: string;
  readonly engine: 'postgres' | 'oracle';
  readonly accepts: (password: string) => Promise<boolean>;
}

export function loginsOf(clouds: Clouds): readonly Login[] {
  return [
    {
      name: POSTGRES_NAME,
      engine: 'postgres',
      accepts: async (password) => await postgresAccepts(clouds, password),
    },
    {
      name: ORACLE_NAME,
      engine: 'oracle',
      accepts: async (password) => await oracleAccepts(clouds, password),
    },
  ];
}

async function postgresAccepts(
  { databases: { postgres }, authority }: Clouds,
  password: string,
): Promise<boolean> {
  const client = new pg.Client({
    host: 'localhost',
    port: postgres.port,
    database: postgres.database,
    user: USERNAME,
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

async function oracleAccepts(
  { databases: { oracle }, wallet, secrets }: Clouds,
  password: string,
): Promise<boolean> {
  const attributes = {
    user: USERNAME,
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
