import type { LineToDatabase } from './database-line.ts';
import { PostgresRoles } from './database-postgres-roles.ts';
import { MemoryPostgres } from './database-postgres.ts';
import {
  openers,
  superuserOf,
  SUPERUSERS,
  type WorldDatabase,
  type WorldDatabaseOptions,
} from './world-database.ts';

/** PostgreSQL in a world. */
export class WorldPostgres implements WorldDatabase {
  readonly name = 'rds';
  readonly engine = 'postgres';
  readonly #options: WorldDatabaseOptions;
  readonly #roles: PostgresRoles;

  constructor(options: WorldDatabaseOptions) {
    const { users, acceptsByPolicy, now } = options;
    this.#options = options;
    this.#roles = new PostgresRoles({
      users,
      now,
      superusers: SUPERUSERS,
      ...(acceptsByPolicy && { acceptsByPolicy }),
    });
  }

  reach(line: LineToDatabase): MemoryPostgres {
    const superuser = superuserOf(this.#options);
    return new MemoryPostgres({ ...line, name: this.name, roles: this.#roles, superuser });
  }

  /** VALID UNTIL, by an administrator. */
  setValidUntil(username: string, untilMs: number): void {
    this.#roles.setValidUntil(username, untilMs);
  }

  opens(username: string, password: string): boolean {
    return this.#roles.opens(username, password);
  }

  refusedLogins(username: string): number {
    return this.#roles.refusedLogins(username);
  }

  /** Nothing locks accounts here. */
  isLocked(): boolean {
    return false;
  }

  setPassword(username: string, password: string): void {
    this.#roles.setPassword(username, password);
  }

  state(username: string, passwords: readonly string[]): string {
    return `${openers(this, username, passwords)} ${this.refusedLogins(username)}`;
  }
}
