import * as z from 'zod';
import { checkConnectionStrings, ConnectionStringsConfig } from './connection-strings-config.ts';
import { AuditConfig } from './audit-config.ts';
import { checkAuditCopyTo } from './audit-copy-config.ts';
import { DatabaseConfig } from './database-config.ts';
import { OciVaultConfig } from './mirror-config.ts';
import { Name, SecretArn } from './primitives.ts';
import { checkWalletMirrors } from './wallet-config.ts';

/** The operation runs once an hour. */
const RETIRE_HOURS_MIN = 1;
const RETIRE_HOURS_MAX = 24 * 30;

/** The strategy and its settings, flat in a rotation's entry. */
export const strategyFields = {
  strategy: z
    .enum(['single-user', 'alternating-users'])
    .default('single-user')
    .describe(
      'single-user: one user, whose password changes. alternating-users: two users with the same rights, of which each version of the secret holds the other one.',
    ),
  users: z
    .tuple([z.string().min(1), z.string().min(1)])
    .optional()
    .describe('The two users, where they alternate.'),
  retire: z
    .union([
      z.literal('next'),
      z.strictObject({ afterHours: z.int().min(RETIRE_HOURS_MIN).max(RETIRE_HOURS_MAX) }),
    ])
    .default('next')
    .describe(
      'When the old password ends where it stays valid beside the new one: with the next rotation (next), or so many hours after this one.',
    ),
};

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
    ...strategyFields,
    databases: z.array(DatabaseConfig).min(1).max(DATABASES_MAX),
    mirrors: z.array(OciVaultConfig).min(1).max(MIRRORS_MAX),
    connectionStrings: ConnectionStringsConfig.optional(),
    audit: AuditConfig,
  })
  .refine(
    ({ databases, mirrors }) => hasUniqueNames([...databases, ...mirrors]),
    'databases and mirrors must have different names',
  )
  .superRefine(checkStrategy)
  .superRefine(checkConnectionStrings)
  .superRefine(checkWalletMirrors)
  .superRefine(checkAuditCopyTo);

export type FunctionConfig = z.infer<typeof FunctionConfig>;

function hasUniqueNames(named: readonly { name: string }[]): boolean {
  return new Set(named.map(({ name }) => name)).size === named.length;
}

interface WithStrategy {
  readonly strategy: 'single-user' | 'alternating-users';
  readonly users?: readonly [string, string] | undefined;
  readonly retire: 'next' | object;
  readonly databases: readonly DatabaseConfig[];
}

/** What the fields of a strategy must be together. */
export function checkStrategy(
  { strategy, users, retire, databases }: WithStrategy,
  check: z.RefinementCtx,
): void {
  const issue = (path: string, message: string): void => {
    check.addIssue({ code: 'custom', path: [path], message });
  };
  if (strategy === 'single-user') {
    if (users !== undefined) issue('users', 'only where users alternate');
    return;
  }
  if (users === undefined) issue('users', 'two users, where users alternate');
  else if (users[0] === users[1]) issue('users', 'two different users');
  if (retire !== 'next') {
    issue('retire', 'next, where users alternate: a rotation ends the older password');
  }
  if (databases.some((one) => 'overlap' in one && one.overlap === 'require')) {
    issue('databases', 'no overlap is needed where users alternate');
  }
}
