import type { Connection, Result } from 'oracledb';
import { DatabaseError, SessionUserError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { DatabaseSession, PasswordChange } from '../ports/database.ts';
import { NoAnswerError, within } from './deadline.ts';
import { changeError, statementError, testQueryError, type ErrorContext } from './oracle-errors.ts';
import type { OracleSockets } from './oracle-sockets.ts';

const CALL_MAX_MS = 10_000;
/** The driver is to interrupt the call first, after which the connection stays usable; for that the server must answer. */
const INTERRUPT_SHARE = 0.8;
/** A goodbye that takes longer is not waited for. */
const CLOSE_MAX_MS = 500;
const ROWS_MAX = 1;
const SESSION_USERS =
  "SELECT SYS_CONTEXT('USERENV', 'SESSION_USER'), SYS_CONTEXT('USERENV', 'CURRENT_USER') FROM DUAL";
const DATABASE_ROLE = "SELECT SYS_CONTEXT('USERENV', 'DATABASE_ROLE') FROM DUAL";
const ACCOUNT_STATUS = 'SELECT ACCOUNT_STATUS FROM USER_USERS';

export interface OracleSessionOptions extends ErrorContext {
  readonly connection: Connection;
  readonly sockets: OracleSockets;
  /** As it stands in the secret: folded to capitals by Oracle, unless in double quotes. */
  readonly username: string;
  /** As Oracle knows it. */
  readonly dictionaryName: string;
  readonly testQuery: string | undefined;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
}

/** A session of OracleDatabase. */
export class OracleSession implements DatabaseSession {
  readonly #options: OracleSessionOptions;

  constructor(options: OracleSessionOptions) {
    this.#options = options;
  }

  /** What the test query may have changed is rolled back when the session closes. */
  async check(): Promise<void> {
    const { dictionaryName, testQuery, subject } = this.#options;
    const [sessionUser, currentUser] = await this.#readRow(SESSION_USERS);
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
    await this.#execute(testQuery).catch((error: unknown) => {
      throw testQueryError(error, this.#options);
    });
  }

  /** True while Oracle's gradual password rollover is on for the account: the older password is valid too. */
  async hasOverlap(): Promise<boolean> {
    const [status] = await this.#readRow(ACCOUNT_STATUS);
    return String(status).includes('IN ROLLOVER');
  }

  /**
   * Oracle has no way to try a change without making it: password changes commit. What can be told before is that a
   * standby would refuse it.
   */
  async rehearse(): Promise<void> {
    const [role] = await this.#readRow(DATABASE_ROLE);
    if (!String(role).includes('STANDBY')) return;
    throw new DatabaseError(`the database is a standby (${String(role)})`, {
      subject: this.#options.subject,
      remedy: 'point "host" and "serviceName" at the primary',
    });
  }

  /** By the driver's own password change, which encrypts both passwords; there is no SQL text. */
  async change({ from, to }: PasswordChange): Promise<void> {
    const { connection, username, redactor } = this.#options;
    redactor.add(from.reveal(), to.reveal());
    const changing = this.#call(async () => {
      await connection.changePassword(username, from.reveal(), to.reveal());
    });
    await changing.catch((error: unknown) => {
      throw changeError(error, this.#options);
    });
  }

  async close(): Promise<void> {
    const { connection, sockets } = this.#options;
    try {
      await within(CLOSE_MAX_MS, connection.close());
      // The driver has sent its goodbye; the peer may be too dead to answer the end of the line.
      setTimeout(() => {
        sockets.destroy();
      }, CLOSE_MAX_MS).unref();
    } catch {
      sockets.destroy();
    }
  }

  async #readRow(text: string): Promise<readonly unknown[]> {
    const result = await this.#execute(text).catch((error: unknown) => {
      throw statementError(error, this.#options);
    });
    return (result.rows?.[0] ?? []) as readonly unknown[];
  }

  /** Rejects, as `#call` does, with the driver's own error, which must not leave this class. */
  async #execute(text: string): Promise<Result<unknown>> {
    const { connection } = this.#options;
    return await this.#call(
      async () =>
        await connection.execute<unknown>(text, [], { maxRows: ROWS_MAX, autoCommit: false }),
    );
  }

  async #call<Value>(work: () => Promise<Value>): Promise<Value> {
    const { connection, sockets, budget } = this.#options;
    const limitMs = budget.timeoutMs(CALL_MAX_MS);
    connection.callTimeout = Math.ceil(limitMs * INTERRUPT_SHARE);
    try {
      return await within(limitMs, work());
    } catch (error) {
      if (error instanceof NoAnswerError) sockets.destroy();
      throw error;
    }
  }
}
