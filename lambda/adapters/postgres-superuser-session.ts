import { ConfigurationError, NotPermittedError } from '../domain/errors.ts';
import type { DatabaseSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { ErrorContext } from './postgres-errors.ts';
import { RolePassword } from './postgres-role-password.ts';

export interface PostgresSuperuserSessionOptions extends ErrorContext {
  readonly connection: PostgresConnection;
  /** The role whose password the superuser changes. */
  readonly username: string;
  readonly randomBytes: (length: number) => Uint8Array;
}

/**
 * A session of PostgresDatabase that changes the password of another role. On RDS, and since PostgreSQL 16 everywhere, its
 * user is no superuser in PostgreSQL's sense: it has CREATEROLE and the ADMIN option on the role (databases.md 1.2).
 */
export class PostgresSuperuserSession implements DatabaseSession {
  readonly #options: PostgresSuperuserSessionOptions;
  readonly #password: RolePassword;

  constructor(options: PostgresSuperuserSessionOptions) {
    this.#options = options;
    this.#password = new RolePassword({
      ...options,
      role: options.username,
      // CREATEROLE is not inherited, so a superuser may have it from its default role alone.
      actAs: 'default-role',
    });
  }

  async check(): Promise<void> {
    const { connection, username, subject } = this.#options;
    const { rolcanlogin } = await connection.read(
      `SELECT rolcanlogin FROM pg_roles WHERE rolname = ${connection.literal(username)}`,
      this.#options,
    );
    if (rolcanlogin === true) return;
    if (rolcanlogin === undefined) {
      throw new ConfigurationError(`there is no role ${username}`, {
        subject,
        remedy: `CREATE ROLE ${connection.identifier(username)} LOGIN, or correct the user name`,
      });
    }
    throw new NotPermittedError(`the role ${username} may not log in`, {
      subject,
      remedy: `ALTER ROLE ${connection.identifier(username)} LOGIN`,
    });
  }

  async rehearse({ to }: Pick<PasswordChange, 'to'>): Promise<Rehearsal> {
    await this.#password.rehearse(to);
    return { keptForMs: 0, standing: 'newest' };
  }

  async change({ to }: PasswordChange): Promise<'changed'> {
    await this.#password.set(to);
    return 'changed';
  }

  async endOverlap(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }
}
