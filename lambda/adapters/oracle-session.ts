import { OutcomeUnknownError, OverlapError, SessionUserError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import type { AccountRules, OwnSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import { readAccountRules } from './oracle-account-rules.ts';
import type { OracleConnection } from './oracle-connection.ts';
import { changeError, statementError, testQueryError, type ErrorContext } from './oracle-errors.ts';
import {
  expireRollover,
  expiryError,
  expiryErrorAfterChange,
  readAccount,
  requirePrimary,
  type OracleAccount,
} from './oracle-rollover.ts';

const SESSION_USERS =
  "SELECT SYS_CONTEXT('USERENV', 'SESSION_USER'), SYS_CONTEXT('USERENV', 'CURRENT_USER') FROM DUAL";

export interface OracleSessionOptions extends ErrorContext {
  readonly connection: OracleConnection;
  /** As it stands in the secret: folded to capitals by Oracle, unless in double quotes. */
  readonly username: string;
  /** As Oracle knows it. */
  readonly dictionaryName: string;
  /** With which the session was opened. */
  readonly password: Password;
  readonly testQuery: string | undefined;
  readonly overlap: 'auto' | 'require' | 'off';
}

/**
 * A session of OracleDatabase, of the user itself.
 *
 * Oracle keeps the old password valid for a time where the profile of the user has PASSWORD_ROLLOVER_TIME: a change then
 * begins a rollover. A further change within it replaces the *newer* password and keeps the one from before the rollover,
 * while EXPIRE PASSWORD ROLLOVER PERIOD ends the older one; the server does not tell which of the two a session was
 * opened with (databases.md 3.1).
 */
export class OracleSession implements OwnSession {
  readonly #options: OracleSessionOptions;
  /** What the account was when its caller last looked; what `standing` says is about that. */
  #rehearsed: OracleAccount | undefined;

  constructor(options: OracleSessionOptions) {
    this.#options = options;
  }

  /** What the test query may have changed is rolled back when the session closes. */
  async check(): Promise<void> {
    const { connection, dictionaryName, testQuery, subject } = this.#options;
    const [sessionUser, currentUser] = await connection.read(SESSION_USERS, this.#options);
    if (sessionUser !== dictionaryName || currentUser !== dictionaryName) {
      throw new SessionUserError(
        `the session is ${String(sessionUser)}'s and acts as ${String(currentUser)}`,
        {
          subject,
          remedy: `see which logon trigger or proxy turns ${dictionaryName} into another user`,
        },
      );
    }
    if (testQuery === undefined) return;
    await connection.query(testQuery).catch((error: unknown) => {
      throw testQueryError(error, this.#options);
    });
  }

  async account(): Promise<AccountRules> {
    return await readAccountRules(this.#options.connection, this.#options);
  }

  /**
   * Oracle has no way to try a change without making it: password changes commit. What can be told before is that a
   * standby would refuse it. `keptForMs` is the limit of the profile; a rollover that is under way has less left.
   */
  async rehearse(): Promise<Rehearsal> {
    const account = await this.#readAccount();
    requirePrimary(account.databaseRole, this.#options.subject);
    const keptForMs = this.#keptForMs(account);
    this.#rehearsed = account;
    return { keptForMs, standing: account.isInRollover ? 'one-of-two' : 'newest' };
  }

  /**
   * Ends the rollover before the change where that keeps the session's own password, or after it where none is to be
   * kept. A policy that then refuses the new password leaves the own one valid alone.
   *
   * Two rotations side by side must not both take the same password for the newest, because the second one would end what
   * the first one has kept. So the account is looked at once more right before, for when its password was set. What is
   * left is one round trip, and what happens within one second.
   *
   * @throws OutcomeUnknownError also when somebody else has changed the password since the rehearsal; nothing changed then
   * @throws OverlapError also when Oracle does not end a rollover
   */
  async change({ from, to, standing = 'newest' }: PasswordChange): Promise<'changed'> {
    const { connection, username, dictionaryName, password, redactor } = this.#options;
    const own = (from ?? password).reveal();
    redactor.add(own, to.reveal());
    const account = await this.#readAccount();
    const keeps = this.#keptForMs(account) > 0;
    if (this.#hasChanged(account)) throw this.#changedByOther();
    this.#rehearsed = undefined;
    if (keeps && standing === 'newest' && account.isInRollover) {
      await expireRollover(connection, dictionaryName).catch((error: unknown) => {
        throw expiryError(error, this.#options);
      });
    }
    const changing = connection.changePassword({ username, from: own, to: to.reveal() });
    await changing.catch((error: unknown) => {
      throw changeError(error, this.#options);
    });
    const mayHaveKept = account.isInRollover || account.rolloverMs !== 0;
    if (!keeps && mayHaveKept) {
      await this.#endRolloverIfAny().catch((error: unknown) => {
        throw expiryErrorAfterChange(error, this.#options);
      });
    }
    return 'changed';
  }

  /** Oracle does not tell which of two passwords was set last: that the own one is the newest is for the caller to know. */
  async endOverlap(): Promise<void> {
    const account = await this.#readAccount();
    if (!account.isInRollover) return;
    if (this.#hasChanged(account)) {
      throw new OverlapError('the password was changed a moment ago by somebody else', {
        subject: this.#options.subject,
        remedy: 'look again which of the stored passwords is the newest',
      });
    }
    const { connection, dictionaryName } = this.#options;
    await expireRollover(connection, dictionaryName).catch((error: unknown) => {
      throw expiryError(error, this.#options);
    });
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }

  /** @throws OverlapError when overlap is required and the profile has none */
  #keptForMs({ rolloverMs = 0 }: OracleAccount): number {
    const { overlap, dictionaryName, subject } = this.#options;
    if (overlap === 'off') return 0;
    if (overlap === 'auto' || rolloverMs > 0) return rolloverMs;
    throw new OverlapError(
      'overlap is required, and the profile of the user keeps no old password',
      {
        subject,
        remedy: `have an administrator CREATE PROFILE … LIMIT PASSWORD_ROLLOVER_TIME 1 and ALTER USER "${dictionaryName}" PROFILE … (Oracle 19.12 or later)`,
      },
    );
  }

  /** Whether it is another password than at the rehearsal: a rollover that has only ended since is none. */
  #hasChanged({ isInRollover, passwordSetMs }: OracleAccount): boolean {
    const before = this.#rehearsed;
    if (before === undefined) return false;
    return before.passwordSetMs !== passwordSetMs || (isInRollover && !before.isInRollover);
  }

  #changedByOther(): OutcomeUnknownError {
    return new OutcomeUnknownError('somebody else has changed the password in the meantime', {
      subject: this.#options.subject,
      remedy: 'wait for the retry: it looks which passwords the database accepts',
    });
  }

  /** Rejects with the driver's own errors. */
  async #endRolloverIfAny(): Promise<void> {
    const { connection, dictionaryName } = this.#options;
    const { isInRollover } = await readAccount(connection);
    if (isInRollover) await expireRollover(connection, dictionaryName);
  }

  async #readAccount(): Promise<OracleAccount> {
    return await readAccount(this.#options.connection).catch((error: unknown) => {
      throw statementError(error, this.#options);
    });
  }
}
