import { ConfigurationError, NotPermittedError, type LockstepError } from '../domain/errors.ts';
import type { DatabaseSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import type { OracleConnection } from './oracle-connection.ts';
import { changeError, type ErrorContext } from './oracle-errors.ts';
import {
  expireRollover,
  expiryError,
  expiryErrorAfterChange,
  hasNoRollover,
  requirePrimary,
} from './oracle-rollover.ts';

const USER = 'SELECT USERNAME FROM ALL_USERS WHERE USERNAME = :username';
const DATABASE_ROLE = "SELECT SYS_CONTEXT('USERENV', 'DATABASE_ROLE') FROM DUAL";

export interface OracleSuperuserSessionOptions extends ErrorContext {
  readonly connection: OracleConnection;
  /** Who is logged in. */
  readonly superuser: string;
  /** Whose password it changes, as it stands in the secret. */
  readonly username: string;
  /** The same as Oracle knows it. */
  readonly dictionaryName: string;
}

/** A session of OracleDatabase that changes the password of another user. It needs ALTER USER and CREATE SESSION. */
export class OracleSuperuserSession implements DatabaseSession {
  readonly #options: OracleSuperuserSessionOptions;

  constructor(options: OracleSuperuserSessionOptions) {
    this.#options = options;
  }

  async check(): Promise<void> {
    const { connection, dictionaryName, subject } = this.#options;
    const [found] = await connection.read(USER, this.#options, [dictionaryName]);
    if (found === dictionaryName) return;
    throw new ConfigurationError(`there is no user ${dictionaryName}`, {
      subject,
      remedy: 'create it, or correct the user name',
    });
  }

  async rehearse(): Promise<Rehearsal> {
    const { connection, subject } = this.#options;
    const [role] = await connection.read(DATABASE_ROLE, this.#options);
    requirePrimary(String(role), subject);
    return { keptForMs: 0, standing: 'newest' };
  }

  /** Ends afterwards what the profile of the user may have kept valid. */
  async change({ to }: PasswordChange): Promise<'changed'> {
    const { connection, username, redactor } = this.#options;
    redactor.add(to.reveal());
    const changing = connection.changePassword({ username, from: '', to: to.reveal() });
    await changing.catch((error: unknown) => {
      throw this.#withRemedy(changeError(error, this.#options));
    });
    await this.#endRollover(expiryErrorAfterChange);
    return 'changed';
  }

  async endOverlap(): Promise<void> {
    await this.#endRollover(expiryError);
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }

  /** Without a look whether there is one, for which a superuser may lack the privilege. Oracle is silent where there is none. */
  async #endRollover(
    errorOf: (error: unknown, context: ErrorContext) => LockstepError,
  ): Promise<void> {
    const { connection, dictionaryName } = this.#options;
    await expireRollover(connection, dictionaryName).catch((error: unknown) => {
      if (!hasNoRollover(error)) throw this.#withRemedy(errorOf(error, this.#options));
    });
  }

  #withRemedy(error: LockstepError): LockstepError {
    if (!(error instanceof NotPermittedError)) return error;
    const { superuser, dictionaryName, subject } = this.#options;
    return new NotPermittedError(
      `the superuser ${superuser} may not change the password of ${dictionaryName}`,
      { subject, remedy: `GRANT ALTER USER TO ${superuser}`, cause: error.cause },
    );
  }
}
