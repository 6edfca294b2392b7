import {
  AccountLockedError,
  DatabaseError,
  DatabaseTlsError,
  DatabaseUnreachableError,
  LockstepError,
  NotPermittedError,
  OutcomeUnknownError,
  PasswordExpiredError,
  PasswordPolicyError,
  TestQueryError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';

/** What every error of one database is told with. */
export interface ErrorContext {
  readonly subject: string;
  readonly redactor: Redactor;
}

/** Wallet does not open, handshake fails, another DN, another host, wallet file. */
const TLS_CODES = ['NJS-505', 'NJS-506', 'NJS-507', 'NJS-508', 'NJS-512'];
/** Under TLS 1.3 a server refuses a client certificate only after the client thinks that the handshake is done. */
const TLS_ALERT = /\balert\b|SSL routines|EPROTO/;
/** The driver calls a line that is cut during the handshake a failed handshake. */
const LINE_CUT = /ECONNRESET|EPIPE|ETIMEDOUT|disconnected before secure TLS/;
/** Every other NJS-5xx is about the network, NJS-123 is a call's timeout; no code at all is our own deadline. */
const NETWORK_CODE = /^(NJS-5\d\d|NJS-123|)$/;
/** Limits of sessions or processes, starting, stopping, not open, restricted, out of space, cancelled, line lost. */
const OUT_OF_ORDER_NUMBERS = [
  18, 20, 54, 257, 1013, 1033, 1034, 1035, 1089, 1090, 1109, 2391, 3113, 3114, 3135, 4021,
];
/** Oracle Net: TNS-12150 to TNS-12699. */
const NETWORK_NUMBER_MIN = 12_150;
const NETWORK_NUMBER_MAX = 12_699;
/** Too long, bad characters, verify function, reused, longer than allowed, mandatory profile. */
const POLICY_NUMBERS = [972, 988, 28003, 28007, 28218, 28219];
/** Read-only: a standby. */
const READ_ONLY_NUMBERS = [1552, 16000];

/** Whether the server answered that user name or password is wrong. */
export function isLoginRefused(error: unknown): boolean {
  return errorNumberOf(error) === 1017;
}

export function loginError(error: unknown, context: ErrorContext): LockstepError {
  const number = errorNumberOf(error);
  if (number === 28000) {
    return new AccountLockedError('the account is locked', {
      ...diagnosis(error, context),
      remedy:
        'find out who kept logging in with a wrong password, then ALTER USER … ACCOUNT UNLOCK',
    });
  }
  if (number === 28001) {
    return new PasswordExpiredError('the password has expired', {
      ...diagnosis(error, context),
      remedy:
        'set a password as an administrator, save it to the secret, and rotate more often than PASSWORD_LIFE_TIME',
    });
  }
  if (number === 1045) {
    return new NotPermittedError('the user may not log in', {
      ...diagnosis(error, context),
      remedy: 'grant the user CREATE SESSION',
    });
  }
  return statementError(error, context);
}

/** For any call that changes nothing. An error of the family (no time is left) stays as it is. */
export function statementError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  return tlsError(error, context) ?? unreachableError(error, context) ?? refusal(error, context);
}

export function testQueryError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  if (!hasAnswered(error)) return statementError(error, context);
  return new TestQueryError(`the configured test query failed with ${codeOf(error)}`, {
    ...diagnosis(error, context),
    remedy: 'correct "testQuery" in rotations.json or what the user is granted',
  });
}

/** For the call that changes the password. An error of the family stays as it is. Oracle changes nothing where it answers with an error of its own. */
export function changeError(error: unknown, context: ErrorContext): LockstepError {
  if (error instanceof LockstepError) return error;
  const number = errorNumberOf(error);
  if (number !== undefined && POLICY_NUMBERS.includes(number)) {
    return new PasswordPolicyError(`the database refuses the new password (${codeOf(error)})`, {
      ...diagnosis(error, context),
      remedy:
        'compare the rules of the profile (verify function, reuse, length) with what Lockstep generates',
    });
  }
  if (number !== undefined && hasAnswered(error)) return loginError(error, context);
  return new OutcomeUnknownError('the connection broke while the password was being changed', {
    ...diagnosis(error, context),
    remedy: 'wait for the retry: it looks which password the database accepts',
  });
}

function tlsError(error: unknown, context: ErrorContext): DatabaseTlsError | undefined {
  const code = codeOf(error);
  const { message } = partsOf(error);
  const isTls = TLS_CODES.includes(code) && !LINE_CUT.test(message);
  if (!isTls && !(code.startsWith('NJS-50') && TLS_ALERT.test(message))) return undefined;
  return new DatabaseTlsError(`the connection could not be made safe (${code})`, {
    ...diagnosis(error, context),
    remedy:
      'check "host" and "trust" of this database: the CA or wallet must be the one of its current certificates',
  });
}

function unreachableError(
  error: unknown,
  context: ErrorContext,
): DatabaseUnreachableError | undefined {
  if (hasAnswered(error)) return undefined;
  // Under TLS 1.3 a client learns only afterwards that its certificate was not taken, some servers say it with no more.
  const hasHungUp = partsOf(error).message.includes('NJS-521');
  return new DatabaseUnreachableError('the database gave no usable answer', {
    ...diagnosis(error, context),
    remedy: hasHungUp
      ? 'see that the database runs; a server that wants another client certificate hangs up like this, so check the wallet'
      : 'see that the database and its service run and that the function can reach every address of it',
  });
}

function refusal(error: unknown, context: ErrorContext): LockstepError {
  const number = errorNumberOf(error);
  if (number === 1031) {
    return new NotPermittedError('the user lacks a privilege', {
      ...diagnosis(error, context),
      remedy: 'see which profile or lockdown profile forbids it',
    });
  }
  if (number !== undefined && READ_ONLY_NUMBERS.includes(number)) {
    return new DatabaseError('the database is open read-only', {
      ...diagnosis(error, context),
      remedy: 'point "host" and "serviceName" at the primary, not at a standby',
    });
  }
  if (number === 28008) {
    return new DatabaseError('the database no longer accepts the old password', {
      ...diagnosis(error, context),
      remedy: 'see who else changes this password',
    });
  }
  if (codeOf(error) === 'NJS-116') {
    return new DatabaseError('the account only has a password verifier of an old kind', {
      ...diagnosis(error, context),
      remedy: 'set the password once more, as an administrator, so that a 12C verifier is made',
    });
  }
  return new DatabaseError(`the database answered with ${codeOf(error)}`, {
    ...diagnosis(error, context),
    remedy: 'look the code up in the Oracle error manual',
  });
}

/** Whether the server said something that settles the matter. */
export function hasAnswered(error: unknown): boolean {
  const number = errorNumberOf(error);
  if (number === undefined) return !NETWORK_CODE.test(codeOf(error));
  const isOfNetwork = number >= NETWORK_NUMBER_MIN && number <= NETWORK_NUMBER_MAX;
  return !isOfNetwork && !OUT_OF_ORDER_NUMBERS.includes(number);
}

function diagnosis(
  error: unknown,
  { subject, redactor }: ErrorContext,
): { subject: string; cause: Error } {
  return { subject, cause: redactor.summarize(error) };
}

/** 1017 for ORA-01017; undefined where it is no error of the server's. */
export function errorNumberOf(error: unknown): number | undefined {
  const match = /^ORA-(\d+)$/.exec(codeOf(error));
  return match === null ? undefined : Number(match[1]);
}

/** `ORA-nnnnn` of the server, `NJS-nnn` of the driver, or nothing. */
function codeOf(error: unknown): string {
  const { code, message } = partsOf(error);
  return /^(ORA|NJS)-\d+/.exec(code)?.[0] ?? /^(ORA|NJS)-\d+/.exec(message)?.[0] ?? '';
}

function partsOf(error: unknown): { code: string; message: string } {
  const { code, message } = Object(error) as Record<string, unknown>;
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : '',
  };
}
