import {
  DatabaseError,
  DatabaseTlsError,
  DatabaseUnreachableError,
  LockstepError,
  NotPermittedError,
  OutcomeUnknownError,
  PasswordPolicyError,
  TestQueryError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';

/** What every error of one database is told with. */
export interface ErrorContext {
  readonly subject: string;
  readonly redactor: Redactor;
  /** In a superuser's session: who it is, and whose password it changes. */
  readonly superuser?: { readonly name: string; readonly target: string };
}

/** Codes of Node and OpenSSL for a connection that cannot be made safe: X.509 verification, TLS, alerts (EPROTO). */
const TLS_CODE =
  /CERT|ISSUER|SIGNATURE|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|^ERR_(TLS|SSL|OSSL)_|^EPROTO$/;
const NO_TLS = 'The server does not support SSL connections';
/** Connection lost, out of resources, shutting down or starting up, I/O error, transaction resolution unknown. */
const OUT_OF_ORDER = /^(08|53|58|57P0|40003)/;
/** Lock not available, cancelled by a timeout, deadlock, serialisation. */
const BUSY = /^(55P03|57014|40P01|40001)$/;
/** The same for a row that another ALTER ROLE changed meanwhile; PostgreSQL gives it no SQLSTATE of its own. */
const CONCURRENT = /concurrently (updated|deleted)/;

/**
 * Whether the server answered that user name or password is wrong. It answers the same for a role without a password,
 * an unknown role and a password past its VALID UNTIL.
 *
 * PgBouncer's 08P01 "SASL authentication failed" is no such answer: it compares with its own copy of the password, so
 * it does not tell what the database accepts. It becomes a DatabaseError.
 */
export function isLoginRefused(error: unknown): boolean {
  return sqlStateOf(error) === '28P01';
}

export function loginError(error: unknown, context: ErrorContext): LockstepError {
  const state = sqlStateOf(error);
  if (state === '08P01') {
    return new DatabaseError('something between here and the database refused the login', {
      ...diagnosis(error, context),
      remedy: 'point "host" at the writer itself, not at a connection pooler or proxy',
    });
  }
  if (state === undefined && partsOf(error).message.startsWith('SASL')) {
    return new DatabaseError('the driver could not carry out the login', {
      ...diagnosis(error, context),
      remedy: 'see the cause: an empty password, another method than SCRAM-SHA-256, an impostor',
    });
  }
  if (state?.startsWith('28') === true) {
    return new NotPermittedError('the user may not log in', {
      ...diagnosis(error, context),
      remedy: 'give the role LOGIN and let pg_hba.conf admit it over TLS with a password',
    });
  }
  if (state === '3D000') {
    return new DatabaseError('there is no such database on the server', {
      ...diagnosis(error, context),
      remedy: 'correct "database" of this database in rotations.json',
    });
  }
  return statementError(error, context);
}

/** For any statement that changes nothing. An error of the family (no time is left) stays as it is. */
export function statementError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  return tlsError(error, context) ?? unreachableError(error, context) ?? refusal(error, context);
}

export function testQueryError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const state = sqlStateOf(error);
  if (state === undefined || OUT_OF_ORDER.test(state)) return statementError(error, context);
  return new TestQueryError(`the configured test query failed with SQLSTATE ${state}`, {
    ...diagnosis(error, context),
    remedy: 'correct "testQuery" in rotations.json or what the user is granted',
  });
}

/**
 * For the statement that changes the password. A server that answers with an error has rolled it back, unless the
 * error is about the connection or the server itself.
 */
export function changeError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const state = sqlStateOf(error);
  const hasAnswered = state !== undefined && !/^(08|58|57P0|40003|XX)/.test(state);
  if (hasAnswered) return statementError(error, context);
  return new OutcomeUnknownError('the connection broke while the password was being changed', {
    ...diagnosis(error, context),
    remedy: 'wait for the retry: it looks which password the database accepts',
  });
}

function tlsError(error: unknown, context: ErrorContext): DatabaseTlsError | undefined {
  const { code, message } = partsOf(error);
  if (sqlStateOf(error) !== undefined) return undefined;
  if (message === NO_TLS) {
    return new DatabaseTlsError('the server offers no TLS', {
      ...diagnosis(error, context),
      remedy: 'switch TLS on at the server; there is no connection without it',
    });
  }
  if (!TLS_CODE.test(code)) return undefined;
  return new DatabaseTlsError(`the server's certificate was not accepted (${code})`, {
    ...diagnosis(error, context),
    remedy: 'check "trust", "host" and "serverName" of this database, and the certificate itself',
  });
}

function unreachableError(
  error: unknown,
  context: ErrorContext,
): DatabaseUnreachableError | undefined {
  const state = sqlStateOf(error);
  const { message } = partsOf(error);
  if (state === undefined || OUT_OF_ORDER.test(state)) {
    return new DatabaseUnreachableError('the database gave no usable answer', {
      ...diagnosis(error, context),
      remedy: 'see that the database runs and that the function can reach its address',
    });
  }
  if (!BUSY.test(state) && !CONCURRENT.test(message)) return undefined;
  return new DatabaseUnreachableError('the database did not finish the statement in time', {
    ...diagnosis(error, context),
    remedy: 'see which session holds locks on the role; the retry starts over',
  });
}

function refusal(error: unknown, context: ErrorContext): LockstepError {
  const state = sqlStateOf(error);
  const { message } = partsOf(error);
  // credcheck, a password extension that RDS offers; its older versions give XX000.
  if (state === '28000' || message.includes('password type is not a plain text')) {
    return new NotPermittedError('a password extension of the server takes no SCRAM verifier', {
      ...diagnosis(error, context),
      remedy: 'set credcheck.encrypted_password_allowed = on, so that no password stands in SQL',
    });
  }
  if (state === '42501') return notPermitted(error, context);
  if (state === '22023') {
    return new PasswordPolicyError('the server refuses the new password', {
      ...diagnosis(error, context),
      remedy: 'compare the password rules of the server with what Lockstep generates',
    });
  }
  if (state === '25006') {
    return new DatabaseError('the server is read-only', {
      ...diagnosis(error, context),
      remedy: 'point "host" at the writer, not at a replica',
    });
  }
  return new DatabaseError(`the server answered with SQLSTATE ${state ?? 'none'}`, {
    ...diagnosis(error, context),
    remedy: 'look the code up in the PostgreSQL manual and see the log of the server',
  });
}

function notPermitted(error: unknown, context: ErrorContext): NotPermittedError {
  const { superuser } = context;
  const who = superuser === undefined ? 'the user' : `the superuser ${superuser.name}`;
  const whose =
    superuser === undefined ? 'its own password' : `the password of ${superuser.target}`;
  return new NotPermittedError(`${who} may not change ${whose}`, {
    ...diagnosis(error, context),
    remedy: grantThatLacks(error, context),
  });
}

function grantThatLacks(error: unknown, { superuser }: ErrorContext): string {
  if (partsOf(error).message.includes('rds_password')) {
    return 'grant the user rds_password, or set rds.restrict_password_commands = 0 and reboot';
  }
  if (superuser === undefined) return 'let the role change its own password';
  const { name, target } = superuser;
  return `give ${name} CREATEROLE and, since PostgreSQL 16, GRANT ${target} TO ${name} WITH ADMIN OPTION`;
}

function diagnosis(
  error: unknown,
  { subject, redactor }: ErrorContext,
): { subject: string; cause: Error } {
  return { subject, cause: redactor.summarize(error) };
}

/** Whether an error is what the server answered. After any other the connection cannot be used again. */
export function hasServerAnswered(error: unknown): boolean {
  return partsOf(error).severity !== '';
}

/** Node's own errors have codes of five capitals too (EPIPE); only the server's have a severity. */
function sqlStateOf(error: unknown): string | undefined {
  return hasServerAnswered(error) ? partsOf(error).code : undefined;
}

function partsOf(error: unknown): { code: string; message: string; severity: string } {
  const { code, message, severity } = Object(error) as Record<string, unknown>;
  return { code: textOf(code), message: textOf(message), severity: textOf(severity) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
