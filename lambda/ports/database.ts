import type { Credential } from '../domain/credential.ts';
import type { Password } from '../domain/password.ts';

export type Engine = 'postgres' | 'oracle';

/**
 * A database whose user's password changes.
 *
 * Every verb here and of the session throws, where not said otherwise: DatabaseUnreachableError, DatabaseTlsError,
 * AccountLockedError, PasswordExpiredError, NotPermittedError, DatabaseError, DeadlineError.
 */
export interface Database {
  readonly name: string;
  readonly engine: Engine;
  /** Whether the old password can be set again. Autonomous Database refuses recently used ones. */
  readonly canTakeBack: boolean;

  /**
   * Opens a new connection. Resolves to `refused` only when the database itself answered that the user name or
   * password is wrong; not knowing is an error.
   */
  login(credential: Credential): Promise<DatabaseSession | 'refused'>;
}

/** An open connection, logged in. Close it whatever happens. */
export interface DatabaseSession {
  /**
   * Checks that the session is the user's own and runs the configured test query.
   *
   * @throws SessionUserError when session user or current user is another
   * @throws TestQueryError when the test query fails
   */
  check(): Promise<void>;

  /**
   * Whether another password than the session's own may open the database too, so that a login with one says nothing
   * about the other. Never true on a database that knows one password only.
   */
  hasOverlap(): Promise<boolean>;

  /**
   * Sees whether the change would be permitted, as far as the database can tell without making it.
   *
   * @throws PasswordPolicyError when the new password is refused by policy
   */
  rehearse(change: PasswordChange): Promise<void>;

  /**
   * Changes the password of the session's own user. The text of no statement holds a password in clear.
   *
   * @throws PasswordPolicyError when the new password is refused by policy; nothing changed then
   * @throws OutcomeUnknownError when the connection broke before the answer
   */
  change(change: PasswordChange): Promise<void>;

  /** Never throws. */
  close(): Promise<void>;
}

export interface PasswordChange {
  readonly from: Password;
  readonly to: Password;
}
