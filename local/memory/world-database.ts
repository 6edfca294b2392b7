import type { Credential } from '../../lambda/domain/credential.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database, Engine } from '../../lambda/ports/database.ts';
import type { ProfileLimits } from '../oracle/accounts/profile.ts';
import type { LineToDatabase } from './database-line.ts';
import { SUPERUSER, SUPERUSER_PASSWORD } from './initial-state.ts';

/** A database of a world: what an invocation reaches, and what an onlooker or an administrator can do. */
export interface WorldDatabase {
  readonly name: string;
  readonly engine: Engine;
  /** As one invocation reaches it. */
  reach(line: LineToDatabase): Database & { readonly openSessions: number };
  /** Whether the password opens it now. Counts no login. */
  opens(username: string, password: string): boolean;
  refusedLogins(username: string): number;
  isLocked(username: string): boolean;
  /** By an administrator, behind the back of a rotation. */
  setPassword(username: string, password: string): void;
  /** What a caller can come to see of the user, with passwords as places in the list. For telling states apart. */
  state(username: string, passwords: readonly string[]): string;
}

export interface WorldDatabaseOptions {
  readonly now: () => number;
  /** The users whose passwords rotate. */
  readonly users: ReadonlyMap<string, string>;
  readonly hasSuperuser: boolean;
  readonly overlap: 'auto' | 'require' | 'off';
  readonly oracleLimits: Partial<ProfileLimits> | undefined;
  readonly acceptsByPolicy: ((password: string) => boolean) | undefined;
}

export const SUPERUSERS: ReadonlyMap<string, string> = new Map([[SUPERUSER, SUPERUSER_PASSWORD]]);

/** Reads the superuser's secret, where there is one. */
export function superuserOf({
  hasSuperuser,
}: WorldDatabaseOptions): (() => Promise<Credential>) | undefined {
  if (!hasSuperuser) return undefined;
  const password = new Password(SUPERUSER_PASSWORD);
  return async () => await Promise.resolve({ username: SUPERUSER, password });
}

/** Which of the passwords open the user, by their places in the list. */
export function openers(
  database: Pick<WorldDatabase, 'opens'>,
  username: string,
  passwords: readonly string[],
): string {
  return passwords
    .flatMap((password, index) => (database.opens(username, password) ? [index] : []))
    .join('+');
}
