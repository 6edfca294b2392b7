import type { Credential } from '../domain/credential.ts';
import type { Password } from '../domain/password.ts';

export type Engine = 'postgres' | 'mysql' | 'mariadb' | 'oracle';

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
  login(credential: Credential): Promise<OwnSession | 'refused'>;

  /**
   * Opens a new connection as the configured superuser. What it changes is the password of the user of that name,
   * whatever that was; no password of it stays valid. `check` sees that there is such a user.
   *
   * @throws ConfigurationError when the superuser cannot log in or there is no such user
   * @returns undefined where no superuser is configured
   */
  loginAsSuperuser(username: string): Promise<DatabaseSession | undefined>;
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
   * Sees whether the change would be permitted, as far as the database can tell without making it, and what would become
   * of the old password.
   *
   * @throws PasswordPolicyError when the new password is refused by policy
   * @throws OverlapError when overlap is required and not to be had
   */
  rehearse(change: Pick<PasswordChange, 'to'>): Promise<Rehearsal>;

  /**
   * Changes the password of the user. The text of no statement holds a password in clear. Where overlap is in use, the
   * two passwords `from` and `to` are valid afterwards and no other.
   *
   * @throws PasswordPolicyError when the new password is refused by policy; nothing changed then
   * @throws OutcomeUnknownError when the connection broke before the answer
   * @returns `from-is-older` when another password is valid that was set after `from`, against what `standing` says;
   *   nothing changed then. Only a database that compares (`REPLACE`, MySQL) says so.
   */
  change(change: PasswordChange): Promise<'changed' | 'from-is-older'>;

  /**
   * Ends every password of the user but `own`, with which the session was opened. Changes nothing where there is none.
   *
   * @throws OverlapError when the database says that another password was set after `own`; nothing changed then
   */
  endOverlap(own: Password): Promise<void>;

  /** Never throws. */
  close(): Promise<void>;
}

/** A session of the user itself. */
export interface OwnSession extends DatabaseSession {
  /** What the rules of the user's account say of its password. */
  account(): Promise<AccountRules>;
}

/** The rules of an account, as far as its own user may see them. What it may not see, or the engine does not have, is left out. */
export interface AccountRules {
  /** The server's own words for how the account stands, where they are others than that it is open. */
  readonly status?: string;
  /** When the password ends, in milliseconds since 1970. */
  readonly passwordEndMs?: number;
  /** How long a password lasts after a change, in milliseconds, where it does not say when this one ends. */
  readonly passwordLifeMs?: number;
  /** So many refused logins in a row lock the account. */
  readonly refusedLoginsMax?: number;
  /** What judges new passwords. */
  readonly verifyFunction?: string;
  /** When a password may come back, in the server's words. */
  readonly reuse?: string;
  /** The hosts that the account is for, where accounts of one name differ by these: `%` for any. */
  readonly host?: string;
  /** The hosts of other accounts of the same name. */
  readonly otherHosts?: readonly string[];
}

export interface PasswordChange {
  /** The session's own. A superuser's session needs none. */
  readonly from?: Password;
  readonly to: Password;
  /** @default 'newest' */
  readonly standing?: Standing;
}

/** Where a password stands among those that are valid: the last that was set, or an older one. */
export type Standing = 'newest' | 'older';

export interface Rehearsal {
  /**
   * How long the old password stays valid beside the new one, in milliseconds; 0: it ends with the change; Infinity:
   * until the change after that.
   */
  readonly keptForMs: number;
  /**
   * `one-of-two`: a second password is valid now, and the database does not tell which was set last; whoever changes has
   * to. `newest`: nothing is known to speak against it.
   */
  readonly standing: 'newest' | 'one-of-two';
}
