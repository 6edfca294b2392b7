import type { Engine } from '../../lambda/ports/database.ts';
import { ORACLE_SERVICE, type Databases } from './databases.ts';
import { DATABASE_NAMES, enginesOf, isFederated, type Topology } from './topology.ts';
import { OCI_AUDIENCE } from './oci-identity.ts';
import { AUDIT_PARAMETER, type Vaults } from './vaults.ts';

export const ROTATION = 'orders';
export const MIRROR_NAME = 'oci-frankfurt';

export interface RotationEntryOptions {
  readonly topology: Topology;
  readonly databases: Databases;
  readonly vaults: Vaults;
  /** @default the function's own */
  readonly refusedLoginsPerDayMax?: number | undefined;
  /** Where the function finds a database, if not where it is: a line that can fail. */
  readonly portOf?: ((engine: Engine, port: number) => number) | undefined;
  /** Where the function finds OCI, likewise. @default where it is */
  readonly ociUrl?: string | undefined;
  /** Where the function finds OCI's identity domain, likewise. @default where it is */
  readonly domainUrl?: string | undefined;
}

/** The entry of rotations.json for what runs here, as a person would write it. */
export function rotationEntry(options: RotationEntryOptions): object {
  const { topology, vaults, ociUrl = vaults.oci.url } = options;
  const { users } = topology;
  const { strings, auditCopies } = vaults;
  return {
    name: ROTATION,
    secretArn: vaults.secretArn,
    ...(users === undefined ? {} : { strategy: 'alternating-users', users }),
    databases: enginesOf(topology).map((engine) => databaseEntry(engine, options)),
    mirrors: [
      {
        name: MIRROR_NAME,
        type: 'oci-vault',
        secretOcid: vaults.secretOcid,
        region: 'eu-frankfurt-1',
        auth: authEntry(options),
        endpoints: {
          vaults: ociUrl,
          secrets: ociUrl,
          ...(auditCopies && { objectStorage: auditCopies.url }),
        },
      },
    ],
    ...(strings && {
      connectionStrings: {
        secretArn: strings.secretArn,
        mirrors: [{ mirror: MIRROR_NAME, secretOcid: strings.secretOcid }],
      },
    }),
    audit: {
      keyParameter: AUDIT_PARAMETER,
      ...(auditCopies && {
        copyTo: { ociObjectStorage: { mirror: MIRROR_NAME, ...auditCopies.place } },
      }),
    },
  };
}

function authEntry({ topology, vaults, domainUrl }: RotationEntryOptions): object {
  if (!isFederated(topology)) {
    return { type: 'api-key', secretArn: vaults.apiKeySecretArn };
  }
  return {
    type: 'federated',
    domainUrl: domainUrl ?? vaults.identityDomain.server.url,
    audience: OCI_AUDIENCE,
    clientSecretArn: vaults.oauthClientSecretArn,
  };
}

function databaseEntry(engine: Engine, options: RotationEntryOptions): object {
  const { topology, databases, vaults, refusedLoginsPerDayMax, portOf } = options;
  const at = (port: number): number => portOf?.(engine, port) ?? port;
  const shared = {
    name: DATABASE_NAMES[engine],
    engine,
    host: 'localhost',
    ...(refusedLoginsPerDayMax === undefined ? {} : { refusedLoginsPerDayMax }),
  };
  const overlap = topology.overlap === undefined ? {} : { overlap: topology.overlap };
  const ca = { trust: { caFile: 'ca.pem' }, testQuery: 'SELECT 1' };
  switch (engine) {
    case 'postgres':
      return {
        ...shared,
        ...ca,
        port: at(databases.postgresProxy.port),
        database: databases.postgres.database,
      };
    case 'mysql':
      return { ...shared, ...ca, ...overlap, port: at(portIn(databases.mysql)) };
    case 'mariadb':
      return {
        ...shared,
        ...ca,
        ...overlap,
        port: at(portIn(databases.mariadb)),
        superuserSecretArn: vaults.superuserSecretArn,
      };
    case 'oracle':
      return {
        ...shared,
        ...overlap,
        port: at(databases.oracle.port),
        serviceName: ORACLE_SERVICE,
        trust: { walletSecretArn: vaults.walletSecretArn },
        testQuery: 'SELECT 1 FROM DUAL',
      };
  }
}

function portIn(server: { readonly port: number } | undefined): number {
  if (server === undefined) throw new Error('the server was not started');
  return server.port;
}
