import * as z from 'zod';
import { Name, SecretArn } from './primitives.ts';

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
    .describe('Lockstep stops trying after so many refused logins in 24 hours; 5 if left out.'),
  testQuery: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A statement that must succeed for the application user, before and after the change.',
    ),
};

export const PostgresConfig = z.strictObject({
  ...shared,
  engine: z.literal('postgres'),
  database: z.string().min(1),
  trust: Trust.describe('The CA bundle of Amazon RDS, as a file beside rotations.json.'),
  serverName: z
    .string()
    .min(1)
    .optional()
    .describe('The name the certificate must carry, where it is not the host.'),
});

export const OracleConfig = z.strictObject({
  ...shared,
  engine: z.literal('oracle'),
  serviceName: z.string().min(1).describe('A TCPS service of the database.'),
  trust: z
    .union([Trust, z.strictObject({ walletSecretArn: SecretArn })])
    .describe(
      'One-way TLS with a CA, or mutual TLS with a wallet kept as JSON {"wallet": "<ewallet.pem>", "password": "…"} in Secrets Manager.',
    ),
});

export const DatabaseConfig = z.discriminatedUnion('engine', [PostgresConfig, OracleConfig]);

export type PostgresConfig = z.infer<typeof PostgresConfig>;
export type OracleConfig = z.infer<typeof OracleConfig>;
export type DatabaseConfig = z.infer<typeof DatabaseConfig>;
