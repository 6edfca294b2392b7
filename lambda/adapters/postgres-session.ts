import { SessionUserError } from '../domain/errors.ts';
import type { AccountRules, OwnSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { testQueryError, type ErrorContext } from './postgres-errors.ts';
import { RolePassword } from './postgres-role-password.ts';

export interface PostgresSessionOptions extends ErrorContext {
  readonly connection: PostgresConnection;
  readonly username: string;
  /** The role that the session is to act as, where that is another one than its own. */
  readonly ownerRole: string | undefined;
  readonly testQuery: string | undefined;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** A role without an end has none here, nor has one that lasts for ever. */
const VALID_UNTIL =
  'SELECT CASE WHEN isfinite(rolvaliduntil) THEN extract(epoch FROM rolvaliduntil) END AS valid_until_s ' +
  'FROM pg_catalog.pg_roles WHERE rolname = session_user';

/** A session of PostgresDatabase, of the user itself. */
export class PostgresSession implements OwnSession {
  readonly #options: PostgresSessionOptions;
  readonly #password: RolePassword;

  constructor(options: PostgresSessionOptions) {
    this.#options = options;
    this.#password = new RolePassword({
      ...options,
      role: options.username,
      actAs: 'login-role',
    });
  }

  async check(): Promise<void> {
    const { connection, testQuery } = this.#options;
    const row = await connection.read('SELECT session_user, current_user', this.#options);
    this.#requireUsers(row['session_user'], row['current_user']);
    if (testQuery === undefined) return;
    // As it is, not in a read-only transaction: it may be meant to show that the user can write. What it does is
    // the business of whoever configured it; statement_timeout bounds how long.
    await connection.query(testQuery).catch((error: unknown) => {
      throw testQueryError(error, this.#options);
    });
  }

  /** Every role may read of every other one how long its password lasts. */
  async account(): Promise<AccountRules> {
    const row = await this.#options.connection.read(VALID_UNTIL, this.#options);
    const seconds = row['valid_until_s'] ?? undefined;
    return seconds === undefined ? {} : { passwordEndMs: Number(seconds) * 1_000 };
  }

  async rehearse({ to }: Pick<PasswordChange, 'to'>): Promise<Rehearsal> {
    await this.#password.rehearse(to);
    return { keptForMs: 0, standing: 'newest' };
  }

  async change({ to }: PasswordChange): Promise<'changed'> {
    await this.#password.set(to);
    return 'changed';
  }

  /** PostgreSQL knows one password a role. */
  async endOverlap(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }

  /**
   * A login whose membership in the owner role was revoked, or granted without SET, still succeeds, and acts as the login
   * role without a word of it (databases.md 1.4); what it creates then belongs to the wrong role.
   */
  #requireUsers(sessionUser: unknown, currentUser: unknown): void {
    const { username, ownerRole, subject, connection } = this.#options;
    if (sessionUser === username && currentUser === (ownerRole ?? username)) return;
    const user = connection.identifier(username);
    const remedy =
      ownerRole === undefined
        ? `take the default role off with ALTER ROLE ${user} RESET role, or name it as "ownerRole" in rotations.json`
        : `see that ${user} is a member of ${ownerRole} that may SET ROLE, then ALTER ROLE ${user} SET role TO ${connection.identifier(ownerRole)}`;
    throw new SessionUserError(
      `the session is ${String(sessionUser)}'s and acts as ${String(currentUser)}`,
      { subject, remedy },
    );
  }
}
