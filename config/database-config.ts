import * as z from 'zod';
import { Name, SecretArn } from './primitives.ts';
import { WalletSource } from './wallet-config.ts';

/** Certificates a database's own certificate must chain to. `system`: the public CAs that Node ships. */
const Trust = z.union([z.literal('system'), z.strictObject({ caFile: z.string().min(1) })]);

const shared = {
  name: Name.describe('Name of this database in logs, metrics and the audit trail.'),
  host: z.string().min(1).describe('Address of the writer, never of a proxy or a replica.'),
  port: z.int().min(1).max(65_535),
  refusedLoginsPerDayMax: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Lockstep stops trying after so many refused logins in 24 hours, or in a row; 5 and 9 if left out. Less than what locks the account.',
    ),
  testQuery: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A statement that must succeed for the application user, before and after the change.',
    ),
  superuserSecretArn: SecretArn.optional().describe(
    'A secret holding {"username", "password"} of a user that may set the password of others: for the first rotation of alternating users, for repair, and for overlap on MariaDB.',
  ),
};

const rds = {
  trust: Trust.describe('The CA bundle of Amazon RDS, as a file beside rotations.json.'),
  serverName: z
    .string()
    .min(1)
    .optional()
    .describe('The name the certificate must carry, where it is not the host.'),
};

/** Whether the old password stays valid beside the new one. */
const overlap = z
  .enum(['auto', 'require', 'off'])
  .optional()
  .describe(
    'Whether the old password stays valid beside the new one: where the server offers it (auto, the default), always or not at all (require), never (off).',
  );

export const PostgresConfig = z.strictObject({
  ...shared,
  ...rds,
  engine: z.literal('postgres'),
  database: z.string().min(1),
  ownerRole: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The role that every session of the user acts as ("ALTER ROLE … SET role TO …"), which owns the objects; none if left out.',
    ),
});

const MysqlFamily = z.strictObject({
  ...shared,
  ...rds,
  database: z.string().min(1).optional(),
  overlap,
});

/** MySQL 8.0.14 or later. */
export const MysqlConfig = MysqlFamily.extend({ engine: z.literal('mysql') });

/** MariaDB 10.4 or later. Overlap needs a superuser. */
export const MariadbConfig = MysqlFamily.extend({ engine: z.literal('mariadb') });

export const OracleConfig = z.strictObject({
  ...shared,
  engine: z.literal('oracle'),
  serviceName: z.string().min(1).describe('A TCPS service of the database.'),
  overlap,
  trust: z
    .union([Trust, WalletSource])
    .describe(
      'One-way TLS with a CA; or mutual TLS with a wallet, from a secret, S3, OCI Object Storage or a pre-authenticated URL.',
    ),
});

export const DatabaseConfig = z.discriminatedUnion('engine', [
  PostgresConfig,
  MysqlConfig,
  MariadbConfig,
  OracleConfig,
]);

export type MysqlConfig = z.infer<typeof MysqlConfig>;
export type MariadbConfig = z.infer<typeof MariadbConfig>;
export type PostgresConfig = z.infer<typeof PostgresConfig>;
export type OracleConfig = z.infer<typeof OracleConfig>;
export type DatabaseConfig = z.infer<typeof DatabaseConfig>;
