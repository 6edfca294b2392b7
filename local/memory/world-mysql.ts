import type { LineToDatabase } from './database-line.ts';
import { MysqlAccounts, type AccountRules } from './database-mysql-accounts.ts';
import { MemoryMysql } from './database-mysql.ts';
import {
  openers,
  superuserOf,
  SUPERUSERS,
  type WorldDatabase,
  type WorldDatabaseOptions,
} from './world-database.ts';

/** MySQL in a world. */
export class WorldMysql implements WorldDatabase {
  readonly name = 'rds';
  readonly engine = 'mysql';
  readonly #options: WorldDatabaseOptions;
  readonly #accounts: MysqlAccounts;

  constructor(options: WorldDatabaseOptions) {
    this.#options = options;
    const { users, acceptsByPolicy } = options;
    this.#accounts = new MysqlAccounts({
      users,
      superusers: SUPERUSERS,
      ...(acceptsByPolicy && { acceptsByPolicy }),
    });
  }

  reach(line: LineToDatabase): MemoryMysql {
    const { overlap } = this.#options;
    const { name } = this;
    const superuser = superuserOf(this.#options);
    return new MemoryMysql({ ...line, name, accounts: this.#accounts, overlap, superuser });
  }

  /** By an administrator. */
  setRules(username: string, rules: AccountRules): void {
    this.#accounts.setRules(username, rules);
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
