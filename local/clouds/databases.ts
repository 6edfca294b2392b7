import type { CertificateAuthority } from '../certificate-authority.ts';
import type { FaultPlan } from '../faults.ts';
import { MysqlServer } from '../mysql/mysql-server.ts';
import { Accounts } from '../oracle/accounts/accounts.ts';
import { TwelveCVerifier } from '../oracle/logon/twelve-c-verifier.ts';
import { OracleServer } from '../oracle/oracle-server.ts';
import type { ConnectionListener } from '../connection-listener.ts';
import { startFaultProxy } from '../postgres/fault-proxy.ts';
import { PostgresServer } from '../postgres/postgres-server.ts';
import { enginesOf, type Topology } from './topology.ts';

export const ORACLE_USER = 'APP';
export const ORACLE_SERVICE = 'orders_tls';
export const MARIADB_SUPERUSER = 'lockstep_admin';
export const ORACLE_PROFILE = 'APP_PROFILE';
const HOSTS = ['localhost', '127.0.0.1'];

/**
 * A real PostgreSQL behind a proxy that can fail by call, and an Oracle server that wants mutual TLS; a real MySQL and a
 * real MariaDB where the topology has them.
 */
export interface Databases {
  readonly postgres: PostgresServer;
  readonly postgresProxy: ConnectionListener;
  readonly oracle: OracleServer;
  readonly accounts: Accounts<TwelveCVerifier>;
  readonly mysql: MysqlServer | undefined;
  readonly mariadb: MysqlServer | undefined;
  readonly close: () => Promise<void>;
}

export interface DatabasesOptions {
  readonly authority: CertificateAuthority;
  readonly topology: Topology;
  /** The application's users, all with the same password. */
  readonly usernames: readonly string[];
  readonly password: string;
  readonly superuserPassword: string;
  readonly faults: FaultPlan;
}

export async function startDatabases(options: DatabasesOptions): Promise<Databases> {
  const { authority, topology, usernames, password, faults } = options;
  const identity = await authority.issue({ commonName: 'localhost', hosts: HOSTS });
  const accounts = createAccounts(options);
  const start = { options, identity };
  const [postgres, oracle, mysql, mariadb] = await Promise.all([
    PostgresServer.start({ identity, roles: usernames.map((name) => ({ name, password })) }),
    OracleServer.start({
      protocol: 'tcps',
      identity,
      clientCaPem: authority.certificatePem,
      serviceName: ORACLE_SERVICE,
      accounts,
      faults,
    }),
    enginesOf(topology).includes('mysql') ? startMysql(start) : undefined,
    enginesOf(topology).includes('mariadb') ? startMariadb(start) : undefined,
  ]);
  const postgresProxy = await startFaultProxy({
    target: { host: postgres.host, port: postgres.port },
    targetCa: authority.certificatePem,
    identity,
    faults,
  });
  return {
    postgres,
    postgresProxy,
    oracle,
    accounts,
    mysql,
    mariadb,
    close: async () => {
      await Promise.all([
        oracle.close(),
        postgresProxy.close().then(() => postgres.close()),
        mysql?.close(),
        mariadb?.close(),
      ]);
    },
  };
}

interface Start {
  readonly options: DatabasesOptions;
  readonly identity: Awaited<ReturnType<CertificateAuthority['issue']>>;
}

function createAccounts({
  topology: { oracleRolloverDays: passwordRolloverTime = 0 },
  usernames,
  password,
}: DatabasesOptions): Accounts<TwelveCVerifier> {
  const accounts = new Accounts({ now: () => Date.now(), makeVerifier: TwelveCVerifier.maker() });
  accounts.createProfile(ORACLE_PROFILE, { passwordRolloverTime });
  for (const username of usernames) {
    accounts.createUser({ name: username.toUpperCase(), password, profile: ORACLE_PROFILE });
  }
  return accounts;
}

async function startMysql({ options, identity }: Start): Promise<MysqlServer> {
  const users = options.usernames.map((name) => ({ name, password: options.password }));
  const server = await MysqlServer.start({ flavour: 'mysql', identity, users });
  // What a user needs to keep its own old password valid.
  for (const name of options.usernames) {
    await server.query(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO '${name}'@'%'`);
  }
  return server;
}

async function startMariadb({ options, identity }: Start): Promise<MysqlServer> {
  const superuser = { name: MARIADB_SUPERUSER, password: options.superuserPassword };
  const users = options.usernames.map((name) => ({ name, password: options.password }));
  const server = await MysqlServer.start({
    flavour: 'mariadb',
    identity,
    users: [...users, superuser],
  });
  await server.query(`GRANT CREATE USER ON *.* TO '${MARIADB_SUPERUSER}'@'%'`);
  await server.query(`GRANT SELECT ON mysql.* TO '${MARIADB_SUPERUSER}'@'%'`);
  return server;
}
