import { DatabaseError, OverlapError, type LockstepError } from '../domain/errors.ts';
import type { OracleConnection, Row } from './oracle-connection.ts';
import {
  changeError,
  errorNumberOf,
  hasAnswered,
  statementError,
  type ErrorContext,
} from './oracle-errors.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const INVALID_IDENTIFIER = 904;
const NO_ROLLOVER_FOR_ADMINISTRATORS = 28227;

const ROLE = "SYS_CONTEXT('USERENV', 'DATABASE_ROLE')";
const LIMIT =
  "(SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME')";
const ACCOUNT = `SELECT ACCOUNT_STATUS, ${LIMIT}, ${ROLE}, PASSWORD_CHANGE_DATE FROM USER_USERS`;
/** For servers from before 18c, which do not say when the password was set. They have no rollover either. */
const OLD_ACCOUNT = `SELECT ACCOUNT_STATUS, ${LIMIT}, ${ROLE} FROM USER_USERS`;

/** What an account can read of itself that matters to a change of its password. */
export interface OracleAccount {
  /** A second password is valid: the one from before the last change. */
  readonly isInRollover: boolean;
  /**
   * For how long the profile keeps an old password valid, in milliseconds; 0: not at all; undefined: it does not say.
   * Oracle shows days with four decimals, so an hour is 3594240.
   */
  readonly rolloverMs: number | undefined;
  /** When the newest password was set, to the second, where the server says so. */
  readonly passwordSetMs: number | undefined;
  /** `PRIMARY`, or one of several kinds of standby. */
  readonly databaseRole: string;
}

/** Reads the session's own account, in one round trip. @throws as OracleConnection.query */
export async function readAccount(connection: OracleConnection): Promise<OracleAccount> {
  try {
    return accountOf(await connection.query(ACCOUNT));
  } catch (error) {
    if (errorNumberOf(error) !== INVALID_IDENTIFIER) throw error;
    return accountOf(await connection.query(OLD_ACCOUNT));
  }
}

function accountOf([status, limit, role, setAt]: Row): OracleAccount {
  // USER_PASSWORD_LIMITS follows DEFAULT to its value; the decimal point is that of the session's territory.
  const days = typeof limit === 'string' ? Number(limit.replace(',', '.')) : 0;
  return {
    isInRollover: String(status).includes('IN ROLLOVER'),
    rolloverMs: Number.isFinite(days) ? Math.max(0, days * DAY_MS) : undefined,
    passwordSetMs: setAt instanceof Date ? setAt.getTime() : undefined,
    databaseRole: String(role),
  };
}

/** @throws DatabaseError when the database is a standby, which takes no change */
export function requirePrimary(databaseRole: string, subject: string): void {
  if (!databaseRole.includes('STANDBY')) return;
  throw new DatabaseError(`the database is a standby (${databaseRole})`, {
    subject,
    remedy: 'point "host" and "serviceName" at the primary',
  });
}

/**
 * Ends a rollover: of the two valid passwords the older one is refused from now on. A user may do it for itself.
 *
 * @param user as in the dictionary
 * @throws as OracleConnection.query
 */
export async function expireRollover(connection: OracleConnection, user: string): Promise<void> {
  await connection.query(`ALTER USER "${user}" EXPIRE PASSWORD ROLLOVER PERIOD`);
}

/** Whether EXPIRE is refused because such a user has no rollover that could be ended. */
export function hasNoRollover(error: unknown): boolean {
  return errorNumberOf(error) === NO_ROLLOVER_FOR_ADMINISTRATORS;
}

/** For the end of a rollover. An error of the family stays as it is. */
export function expiryError(error: unknown, context: ErrorContext): LockstepError {
  const known = statementError(error, context);
  if (!(known instanceof DatabaseError)) return known;
  return new OverlapError('the older password cannot be ended now', {
    subject: context.subject,
    remedy: hasNoRollover(error)
      ? 'take the administrative privilege from the user, or PASSWORD_ROLLOVER_TIME from its profile'
      : 'end it as an administrator: ALTER USER … EXPIRE PASSWORD ROLLOVER PERIOD',
    cause: context.redactor.summarize(error),
  });
}

/** The same where the password was changed just before, so that a broken connection leaves more than that unknown. */
export function expiryErrorAfterChange(error: unknown, context: ErrorContext): LockstepError {
  return hasAnswered(error) ? expiryError(error, context) : changeError(error, context);
}
