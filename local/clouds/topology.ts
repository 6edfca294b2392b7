import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { Engine } from '../../lambda/ports/database.ts';

/** Which databases a rotation has here, and how it changes their password. */
export interface Topology {
  /** @default PostgreSQL and Oracle */
  readonly engines?: readonly Engine[];
  /** The two users, where they alternate. @default one user, `app` */
  readonly users?: readonly [string, string];
  /** PASSWORD_ROLLOVER_TIME of the Oracle user's profile, in days. @default 0, off */
  readonly oracleRolloverDays?: number;
  /** Of MySQL, MariaDB and Oracle. @default the function's own, `auto` */
  readonly overlap?: 'auto' | 'require' | 'off';
  /** Whether both clouds have a second secret with connection strings. @default false */
  readonly hasConnectionStrings?: boolean;
  /** Whether the entries of the audit trail are copied to OCI Object Storage. @default false */
  readonly hasAuditCopies?: boolean;
  /** How the function signs in to OCI. @default api-key */
  readonly ociAccess?: OciVaultConfig['auth']['type'];
}

export const DEFAULT_ENGINES: readonly Engine[] = ['postgres', 'oracle'];

/** The names of the databases in the rotation's configuration. */
export const DATABASE_NAMES: Readonly<Record<Engine, string>> = {
  postgres: 'orders-rds',
  mysql: 'orders-mysql',
  mariadb: 'orders-mariadb',
  oracle: 'orders-adb',
};

export function enginesOf({ engines = DEFAULT_ENGINES }: Topology): readonly Engine[] {
  return engines;
}

export function isFederated({ ociAccess }: Topology): boolean {
  return ociAccess === 'federated';
}
