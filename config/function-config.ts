import * as z from 'zod';
import { DatabaseConfig } from './database-config.ts';
import { OciVaultConfig } from './mirror-config.ts';
import { Name, SecretArn } from './primitives.ts';

/** Where the audit trail is kept and which key signs it. */
export const AuditConfig = z.strictObject({
  bucket: z.string().min(1),
  prefix: z
    .string()
    .regex(/^([A-Za-z0-9_-]+\/)+$/, 'folders of letters, digits, _ and -, ending in /'),
  keyParameter: z
    .string()
    .regex(/^\/[A-Za-z0-9_.\/-]+$/, 'the full name of an SSM parameter')
    .describe('An SSM SecureString of at least 32 bytes, made once and never overwritten.'),
});

export const DATABASES_MAX = 8;
export const MIRRORS_MAX = 4;

/**
 * All the function knows of its rotation: which secret it serves, where that secret's password lives.
 * It is never taken from the secret: who can write the secret must not choose where its password is sent.
 */
export const FunctionConfig = z
  .strictObject({
    name: Name,
    secretArn: SecretArn,
    strategy: z.literal('single-user'),
    databases: z.array(DatabaseConfig).min(1).max(DATABASES_MAX),
    mirrors: z.array(OciVaultConfig).min(1).max(MIRRORS_MAX),
    audit: AuditConfig,
  })
  .refine(
    ({ databases, mirrors }) => hasUniqueNames([...databases, ...mirrors]),
    'databases and mirrors must have different names',
  );

export type AuditConfig = z.infer<typeof AuditConfig>;
export type FunctionConfig = z.infer<typeof FunctionConfig>;

function hasUniqueNames(named: readonly { name: string }[]): boolean {
  return new Set(named.map(({ name }) => name)).size === named.length;
}
