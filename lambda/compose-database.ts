import { randomBytes } from 'node:crypto';
import type {
  DatabaseConfig,
  MariadbConfig,
  MysqlConfig,
  OracleConfig,
  PostgresConfig,
} from '../config/database-config.ts';
import { readSecretString } from './adapters/aws-secret-string.ts';
import { LazyDatabase } from './adapters/lazy.ts';
import { parseSuperuser } from './adapters/superuser-secret.ts';
import { readTrust } from './adapters/trust.ts';
import { readOracleTrust, type TrustParts } from './compose-trust.ts';
import type { Credential } from './domain/credential.ts';
import type { Strategy } from './domain/strategy.ts';
import type { Database } from './ports/database.ts';

/** What a database's adapter is made of, beside its configuration. */
export interface DatabaseParts extends TrustParts {
  readonly strategy: Strategy;
}

/** Puts the adapter of its engine behind a database's port. It, and its driver, is made when it is first used. */
export function composeDatabase(given: DatabaseConfig, parts: DatabaseParts): LazyDatabase {
  const config = withOverlapOf(parts.strategy, given);
  const { name, engine } = config;
  switch (engine) {
    case 'postgres':
      return new LazyDatabase(
        { name, engine, canTakeBack: true },
        async () => await makePostgres(config, parts),
      );
    case 'mysql':
      return new LazyDatabase(
        { name, engine, canTakeBack: true },
        async () => await makeMysql(config, parts),
      );
    case 'mariadb':
      return new LazyDatabase(
        { name, engine, canTakeBack: true },
        async () => await makeMariadb(config, parts),
      );
    case 'oracle':
      return new LazyDatabase(
        { name, engine, canTakeBack: false },
        async () => await makeOracle(config, parts),
      );
  }
}

/** Where users alternate, the password that a change replaces is nobody's: it is to end at once. */
function withOverlapOf({ kind }: Strategy, config: DatabaseConfig): DatabaseConfig {
  if (kind === 'single-user' || config.engine === 'postgres') return config;
  return { ...config, overlap: 'off' };
}

async function makePostgres(config: PostgresConfig, parts: DatabaseParts): Promise<Database> {
  const { container, budget, redactor } = parts;
  const { PostgresDatabase } = await import('./adapters/postgres.ts');
  const ca = await readTrust(config.trust, container);
  const superuser = superuserOf(config, parts);
  return new PostgresDatabase({ config, ca, budget, redactor, randomBytes, superuser });
}

async function makeMysql(config: MysqlConfig, parts: DatabaseParts): Promise<Database> {
  const { container, budget, redactor } = parts;
  const { MysqlDatabase } = await import('./adapters/mysql.ts');
  const ca = await readTrust(config.trust, container);
  return new MysqlDatabase({ config, ca, budget, redactor, superuser: superuserOf(config, parts) });
}

async function makeMariadb(config: MariadbConfig, parts: DatabaseParts): Promise<Database> {
  const { container, budget, redactor } = parts;
  const { MariadbDatabase } = await import('./adapters/mariadb.ts');
  const ca = await readTrust(config.trust, container);
  const superuser = superuserOf(config, parts);
  return new MariadbDatabase({ config, ca, budget, redactor, superuser });
}

async function makeOracle(config: OracleConfig, parts: DatabaseParts): Promise<Database> {
  const { budget, redactor, clock } = parts;
  const [trust, { OracleDatabase }] = await Promise.all([
    readOracleTrust(config, parts),
    import('./adapters/oracle.ts'),
  ]);
  const superuser = superuserOf(config, parts);
  return new OracleDatabase({ config, trust, budget, redactor, clock, superuser });
}

/** Reads the superuser's secret when it is needed, which most rotations never do. */
function superuserOf(
  { superuserSecretArn: secretArn }: DatabaseConfig,
  { container, budget, redactor }: DatabaseParts,
): (() => Promise<Credential>) | undefined {
  if (secretArn === undefined) return undefined;
  return async () => {
    const text = await readSecretString(container.secretsManager, { secretArn, budget, redactor });
    return parseSuperuser(text, { secretArn, redactor });
  };
}
