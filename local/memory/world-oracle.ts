import type { Accounts } from '../oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../oracle/accounts/verifier.ts';
import type { LineToDatabase } from './database-line.ts';
import { MemoryOracle } from './database-oracle.ts';
import { createAccounts, SUPERUSER } from './initial-state.ts';
import { superuserOf, type WorldDatabase, type WorldDatabaseOptions } from './world-database.ts';

/** Oracle in a world. */
export class WorldOracle implements WorldDatabase {
  readonly name = 'adb';
  readonly engine = 'oracle';
  readonly accounts: Accounts<PlainVerifier>;
  readonly #options: WorldDatabaseOptions;

  constructor(options: WorldDatabaseOptions) {
    const { now, users, oracleLimits: limits } = options;
    this.#options = options;
    this.accounts = createAccounts(now, { users, limits });
  }

  reach(line: LineToDatabase): MemoryOracle {
    const { overlap } = this.#options;
    const { name, accounts } = this;
    const superuser = superuserOf(this.#options);
    return new MemoryOracle({ ...line, name, accounts, overlap, superuser });
  }

  opens(username: string, password: string): boolean {
    const candidates = this.accounts.candidates(username.toUpperCase());
    return candidates.some(({ verifier }) => verifier.matches(password));
  }

  refusedLogins(username: string): number {
    return this.accounts.refusedLogins(username.toUpperCase());
  }

  isLocked(username: string): boolean {
    return this.accounts.status(username.toUpperCase()).includes('LOCKED');
  }

  setPassword(username: string, password: string): void {
    const by = SUPERUSER.toUpperCase();
    this.accounts.alterUser({ by, user: username.toUpperCase(), password, endsRollover: true });
  }

  state(username: string, passwords: readonly string[]): string {
    const user = username.toUpperCase();
    const halves = this.accounts
      .candidates(user)
      .map(({ verifier }) => passwords.findIndex((password) => verifier.matches(password)));
    return `${halves.join('+')} ${this.accounts.status(user)} ${this.refusedLogins(username)}`;
  }
}
