import type { CertificateAuthority } from '../certificate-authority.ts';
import type { FaultPlan } from '../faults.ts';
import { Accounts } from '../oracle/accounts/accounts.ts';
import { TwelveCVerifier } from '../oracle/logon/twelve-c-verifier.ts';
import { OracleServer } from '../oracle/oracle-server.ts';
import { FaultProxy } from '../postgres/fault-proxy.ts';
import { USERNAME } from './run-secrets.ts';
import { PostgresServer } from '../postgres/postgres-server.ts';

export const ORACLE_USER = 'APP';
export const ORACLE_SERVICE = 'orders_tls';
const HOSTS = ['localhost', '127.0.0.1'];

/** A real PostgreSQL behind a proxy that can fail by call, and an Oracle server that wants mutual TLS. */
export interface Databases {
  readonly postgres: PostgresServer;
  readonly postgresProxy: FaultProxy;
  readonly oracle: OracleServer;
  readonly accounts: Accounts<TwelveCVerifier>;
  readonly close: () => Promise<void>;
}

export async function startDatabases({
  authority,
  password,
  faults,
}: {
  readonly authority: CertificateAuthority;
  readonly password: string;
  readonly faults: FaultPlan;
}): Promise<Databases> {
  const identity = await authority.issue({ commonName: 'localhost', hosts: HOSTS });
  const accounts = new Accounts({ now: () => Date.now(), makeVerifier: TwelveCVerifier.maker() });
  accounts.createUser({ name: ORACLE_USER, password });
  const [postgres, oracle] = await Promise.all([
    PostgresServer.start({ identity, roles: [{ name: USERNAME, password }] }),
    OracleServer.start({
      protocol: 'tcps',
      identity,
      clientCaPem: authority.certificatePem,
      serviceName: ORACLE_SERVICE,
      accounts,
      faults,
    }),
  ]);
  const postgresProxy = await FaultProxy.start({
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
    close: async () => {
      await Promise.all([oracle.close(), postgresProxy.close().then(() => postgres.close())]);
    },
  };
}
