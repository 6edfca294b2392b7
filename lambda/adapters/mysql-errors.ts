import {
  AccountLockedError,
  DatabaseError,
  DatabaseTlsError,
  DatabaseUnreachableError,
  LockstepError,
  NotPermittedError,
  OutcomeUnknownError,
  OverlapError,
  PasswordExpiredError,
  PasswordPolicyError,
  TestQueryError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import {
  ACCESS_DENIED,
  BUSY,
  EXPIRED,
  HOST_NOT_PERMITTED,
  INTERRUPTED,
  LINE_CUT,
  LOCKED,
  METHODS,
  NO_PRIVILEGE,
  NO_SUCH_ACCOUNT,
  numberOf,
  OUT_OF_ORDER,
  partsOf,
  POLICY,
  TURNED_AWAY,
} from './mysql-error-numbers.ts';

/** What every error of one database is told with. */
export interface ErrorContext {
  readonly subject: string;
  readonly redactor: Redactor;
  /** In a superuser's session: its name. */
  readonly superuser?: string;
}

/**
 * Whether the server answered that user name or password is wrong. It answers the same where the account wants a client
 * certificate (`REQUIRE X509`), and nothing tells that apart.
 */
export function isLoginRefused(error: unknown): boolean {
  return numberOf(error) === ACCESS_DENIED;
}

export function loginError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const { code } = partsOf(error);
  const number = numberOf(error);
  if (METHODS.includes(number ?? code)) {
    return new NotPermittedError(
      'the account does not log in by a password that the driver takes',
      {
        ...diagnosis(error, context),
        remedy:
          'let it use the password method of the server: caching_sha2_password (MySQL), mysql_native_password (MariaDB)',
      },
    );
  }
  if (number === HOST_NOT_PERMITTED) {
    return new NotPermittedError('the account may not log in from here', {
      ...diagnosis(error, context),
      remedy: "make its host part match the function's addresses, as in 'app'@'%'",
    });
  }
  if (number === 1044) {
    return new NotPermittedError('the user may not use the configured database', {
      ...diagnosis(error, context),
      remedy: 'grant it a privilege there, or correct "database" in rotations.json',
    });
  }
  if (number === 1049) {
    return new DatabaseError('there is no such database on the server', {
      ...diagnosis(error, context),
      remedy: 'correct "database" of this database in rotations.json',
    });
  }
  return statementError(error, context);
}

/**
 * For what happens before a connection is safe. Servers turn clients away before TLS; any other answer to a login may be
 * somebody else's word.
 */
export function beforeTlsError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const number = numberOf(error);
  const { code } = partsOf(error);
  const isAnswer =
    number === undefined
      ? METHODS.includes(code)
      : ![...TURNED_AWAY, ...OUT_OF_ORDER, HOST_NOT_PERMITTED].includes(number);
  return isAnswer ? answeredTooSoon(context) : loginError(error, context);
}

export function answeredTooSoon({ subject }: ErrorContext): DatabaseTlsError {
  return new DatabaseTlsError('the login was answered before the connection was safe', {
    subject,
    remedy: 'see who sits between the function and the database: no server does this',
  });
}

/** For any statement that changes nothing. An error of the family (no time is left) stays as it is. */
export function statementError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const number = numberOf(error);
  if (number === undefined) return tlsError(error, context) ?? unreachableError(error, context);
  if ([...TURNED_AWAY, ...OUT_OF_ORDER].includes(number)) return unreachableError(error, context);
  if ([...INTERRUPTED, ...BUSY].includes(number)) return busyError(error, context);
  return accountError(error, context) ?? refusal(error, context);
}

export function testQueryError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const number = numberOf(error);
  if (number === undefined || OUT_OF_ORDER.includes(number)) return statementError(error, context);
  return new TestQueryError(`the configured test query failed with error ${number}`, {
    ...diagnosis(error, context),
    remedy: 'correct "testQuery" in rotations.json or what the user is granted',
  });
}

/**
 * For a statement that changes the password. A server that answers with an error has changed nothing, unless the error is
 * about the connection or the server itself.
 */
export function changeError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const number = numberOf(error);
  const isDecided = number !== undefined && ![...OUT_OF_ORDER, ...INTERRUPTED].includes(number);
  if (isDecided) return statementError(error, context);
  return new OutcomeUnknownError('the connection broke while the password was being changed', {
    ...diagnosis(error, context),
    remedy: 'wait for the retry: it looks which password the database accepts',
  });
}

function tlsError(error: unknown, context: ErrorContext): DatabaseTlsError | undefined {
  const { code, message } = partsOf(error);
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return new DatabaseTlsError('the server offers no TLS', {
      ...diagnosis(error, context),
      remedy: 'switch TLS on at the server; there is no connection without it',
    });
  }
  if (code !== 'HANDSHAKE_SSL_ERROR' || LINE_CUT.test(message)) return undefined;
  return new DatabaseTlsError("the server's certificate was not accepted", {
    ...diagnosis(error, context),
    remedy: 'check "trust", "host" and "serverName" of this database, and the certificate itself',
  });
}

function unreachableError(error: unknown, context: ErrorContext): DatabaseUnreachableError {
  return new DatabaseUnreachableError('the database gave no usable answer', {
    ...diagnosis(error, context),
    remedy: 'see that the database runs and that the function can reach its address',
  });
}

function busyError(error: unknown, context: ErrorContext): DatabaseUnreachableError {
  return new DatabaseUnreachableError('the database did not finish the statement in time', {
    ...diagnosis(error, context),
    remedy:
      'see which session locks the tables of accounts, as a backup does; the retry starts over',
  });
}

function accountError(error: unknown, context: ErrorContext): LockstepError | undefined {
  const number = numberOf(error) ?? 0;
  if (LOCKED.includes(number)) {
    return new AccountLockedError('the account is locked', {
      ...diagnosis(error, context),
      remedy:
        'find out who kept logging in with a wrong password, then ALTER USER … ACCOUNT UNLOCK (MariaDB, for too many errors: FLUSH PRIVILEGES)',
    });
  }
  if (EXPIRED.includes(number)) {
    return new PasswordExpiredError('the password has expired', {
      ...diagnosis(error, context),
      remedy:
        'set a password as an administrator, save it to the secret, and rotate more often than passwords expire',
    });
  }
  if (POLICY.includes(number)) {
    return new PasswordPolicyError(`the server refuses the new password (error ${number})`, {
      ...diagnosis(error, context),
      remedy:
        'compare the password rules of the server (validation, history) with what Lockstep generates',
    });
  }
  if (NO_PRIVILEGE.includes(number)) {
    const { superuser } = context;
    const who = superuser === undefined ? 'the user' : `the superuser ${superuser}`;
    return new NotPermittedError(`${who} lacks a privilege`, {
      ...diagnosis(error, context),
      remedy:
        superuser === undefined
          ? 'see the cause for which privilege to grant it'
          : `grant ${superuser} CREATE USER ON *.* and SELECT ON mysql.*; the cause names what is missing`,
    });
  }
  return undefined;
}

function refusal(error: unknown, context: ErrorContext): LockstepError {
  const number = numberOf(error) ?? 0;
  const { message } = partsOf(error);
  if (number === 1290 && message.includes('strict-password-validation')) {
    return hashesRefused(context, diagnosis(error, context).cause);
  }
  if ((number === 1290 && message.includes('read-only')) || number === 1836 || number === 1792) {
    return readOnlyError(context, diagnosis(error, context).cause);
  }
  if (number === NO_SUCH_ACCOUNT) {
    return new DatabaseError('the server did not alter the account', {
      ...diagnosis(error, context),
      remedy:
        'see that the account exists; MariaDB says the same where strict_password_validation is on',
    });
  }
  if (number === 3892) {
    return new NotPermittedError('the server wants the newest password of the account, not this', {
      ...diagnosis(error, context),
      remedy:
        'ALTER USER … PASSWORD REQUIRE CURRENT OPTIONAL, or set the password of AWSCURRENT as an administrator',
    });
  }
  if (number === 3894 || number === 3895) {
    return new OverlapError('the present password cannot stay valid beside another', {
      ...diagnosis(error, context),
      remedy: 'give the account a password that is not empty, of the default method of the server',
    });
  }
  return new DatabaseError(`the server answered with error ${number}`, {
    ...diagnosis(error, context),
    remedy: 'look the number up in the manual of the server and see its log',
  });
}

/** For an old password that is to be ended in favour of one that is not the newest. */
export function notNewestError({ subject }: ErrorContext): OverlapError {
  return new OverlapError('another password was set after this one', {
    subject,
    remedy: 'see whether a rotation is under way, and end the old password after it',
  });
}

export function readOnlyError({ subject }: ErrorContext, cause?: Error): DatabaseError {
  return new DatabaseError('the server is read-only', {
    subject,
    remedy: 'point "host" at the writer, not at a replica',
    cause,
  });
}

/** For MariaDB, which then wants passwords in clear, and writes those to its logs. */
export function hashesRefused({ subject }: ErrorContext, cause?: Error): NotPermittedError {
  return new NotPermittedError('a validation plugin of the server takes no hash of a password', {
    subject,
    remedy: 'set strict_password_validation = OFF, so that no password stands in SQL',
    cause,
  });
}

function diagnosis(
  error: unknown,
  { subject, redactor }: ErrorContext,
): { subject: string; cause: Error } {
  return { subject, cause: redactor.summarize(error) };
}
