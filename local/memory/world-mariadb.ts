import type { LineToDatabase } from './database-line.ts';
import { MariadbAccounts } from './database-mariadb-accounts.ts';
import { MemoryMariadb } from './database-mariadb.ts';
import {
  openers,
  superuserOf,
  SUPERUSERS,
  type WorldDatabase,
  type WorldDatabaseOptions,
} from './world-database.ts';

/** MariaDB in a world. */
export class WorldMariadb implements WorldDatabase {
  readonly name = 'rds';
  readonly engine = 'mariadb';
  readonly #options: WorldDatabaseOptions;
  readonly #accounts: MariadbAccounts;

  constructor(options: WorldDatabaseOptions) {
    this.#options = options;
    this.#accounts = new MariadbAccounts({ users: options.users, superusers: SUPERUSERS });
  }

  reach(line: LineToDatabase): MemoryMariadb {
    const { overlap } = this.#options;
    const { name } = this;
    const superuser = superuserOf(this.#options);
    return new MemoryMariadb({ ...line, name, accounts: this.#accounts, overlap, superuser });
  }

  opens(username: string, password: string): boolean {
    return this.#accounts.opens(username, password);
  }

  refusedLogins(username: string): number {
    return this.#accounts.refusedLogins(username);
  }

  /** Nothing locks accounts here. */
  isLocked(): boolean {
    return false;
  }

  setPassword(username: string, password: string): void {
    this.#accounts.setPassword(username, password);
  }

  state(username: string, passwords: readonly string[]): string {
    return `${openers(this, username, passwords)} ${this.refusedLogins(username)}`;
  }
}
