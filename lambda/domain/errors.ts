/** Whether repeating the step can help without a person doing something first. */
export type Retryability = 'retryable' | 'terminal';

export interface Diagnosis {
  /** The database, vault or other thing the error is about. */
  readonly subject?: string;
  /** What a person should do. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** The one family of errors. No message, remedy or cause holds a secret. */
export abstract class LockstepError extends Error {
  abstract override readonly name: string;
  abstract readonly retryability: Retryability;
  readonly subject: string | undefined;
  readonly remedy: string;
  readonly #finding: string;
  #aftermath = '';

  constructor(finding: string, { subject, remedy, cause }: Diagnosis) {
    super('', cause === undefined ? undefined : { cause });
    this.subject = subject;
    this.remedy = remedy;
    this.#finding = finding;
    this.#compose();
  }

  /** What the step did after the failure: taken back, moved forward, left as it is. */
  get aftermath(): string {
    return this.#aftermath;
  }

  set aftermath(text: string) {
    this.#aftermath = text;
    this.#compose();
  }

  #compose(): void {
    const subject = this.subject === undefined ? '' : `${this.subject}: `;
    const aftermath = this.#aftermath === '' ? '' : ` State: ${this.#aftermath}.`;
    this.message = `${subject}${this.#finding}.${aftermath} Next: ${this.remedy}.`;
  }
}

abstract class RetryableError extends LockstepError {
  readonly retryability = 'retryable';
}

abstract class TerminalError extends LockstepError {
  readonly retryability = 'terminal';
}

// What the caller sent.

/** The event is not one that Secrets Manager sends. */
export class EventError extends TerminalError {
  override readonly name = 'EventError';
}

/** The event names a secret that this function does not serve. */
export class WrongSecretError extends TerminalError {
  override readonly name = 'WrongSecretError';
}

/** The secret has no such version: the rotation was abandoned, or the token was made up. */
export class UnknownVersionError extends TerminalError {
  override readonly name = 'UnknownVersionError';
}

/** The version does not carry AWSPENDING. */
export class NotPendingError extends TerminalError {
  override readonly name = 'NotPendingError';
}

/** A rotation is under way, and what was asked for has to wait for its end. */
export class RotationUnderWayError extends TerminalError {
  override readonly name = 'RotationUnderWayError';
}

/** Rotation is switched off on the secret. */
export class RotationDisabledError extends TerminalError {
  override readonly name = 'RotationDisabledError';
}

/** The function's configuration, or a secret it needs for itself, does not fit. */
export class ConfigurationError extends TerminalError {
  override readonly name = 'ConfigurationError';
}

// What the vaults hold.

/** A version is not JSON or lacks a field. */
export class SecretFormatError extends TerminalError {
  override readonly name = 'SecretFormatError';
}

/** The document does not fit a vault's limit. */
export class SecretTooLargeError extends TerminalError {
  override readonly name = 'SecretTooLargeError';
}

/** AWSCURRENT or AWSPENDING has no value. */
export class MissingVersionError extends RetryableError {
  override readonly name = 'MissingVersionError';
}

/** The pending document is not the current one with a generated password. */
export class PendingMismatchError extends TerminalError {
  override readonly name = 'PendingMismatchError';
}

/** A mirror holds another user, or another value under the name of this version. */
export class MirrorMismatchError extends TerminalError {
  override readonly name = 'MirrorMismatchError';
}

/** A mirror does not hold the pending version. */
export class MirrorNotStagedError extends RetryableError {
  override readonly name = 'MirrorNotStagedError';
}

// What the vaults answer.

/** No answer from a vault, or an answer that says it is out of order: whether the call took effect is unknown. */
export class VaultUnreachableError extends RetryableError {
  override readonly name = 'VaultUnreachableError';
}

/** The vault is working on the secret (OCI: UPDATING) and stayed so for too long. */
export class VaultBusyError extends RetryableError {
  override readonly name = 'VaultBusyError';
}

/** The vault holds as many versions as it can. */
export class VaultFullError extends RetryableError {
  override readonly name = 'VaultFullError';
}

/** The vault answered and refused: no such secret, no permission, not acceptable. */
export class VaultRefusedError extends TerminalError {
  override readonly name = 'VaultRefusedError';
}

/** Another system rotates or owns the mirror's secret. */
export class MirrorManagedElsewhereError extends TerminalError {
  override readonly name = 'MirrorManagedElsewhereError';
}

// What the databases answer.

/** No answer from a database, or one that says it is out of order. */
export class DatabaseUnreachableError extends RetryableError {
  override readonly name = 'DatabaseUnreachableError';
}

/** The connection could not be made safe: another CA, another host name, no TLS, a wallet that does not open. */
export class DatabaseTlsError extends TerminalError {
  override readonly name = 'DatabaseTlsError';
}

/** The wallet of a database is not to be used: no key in it, another digest, the wrong password, an expired certificate. */
export class WalletError extends TerminalError {
  override readonly name = 'WalletError';
}

/** Where the wallet is kept answered and refused: it is not there, or the function may not read it. */
export class WalletRefusedError extends TerminalError {
  override readonly name = 'WalletRefusedError';
}

/** No answer from where the wallet is kept, or one that says it is out of order. */
export class WalletUnreachableError extends RetryableError {
  override readonly name = 'WalletUnreachableError';
}

/** The account is locked. */
export class AccountLockedError extends TerminalError {
  override readonly name = 'AccountLockedError';
}

/** The account's password has expired, so that it opens no session. */
export class PasswordExpiredError extends TerminalError {
  override readonly name = 'PasswordExpiredError';
}

/** The database refuses the new password by its rules: length, reuse, a verify function. */
export class PasswordPolicyError extends TerminalError {
  override readonly name = 'PasswordPolicyError';
}

/** The user may not change its own password, or not log in. */
export class NotPermittedError extends TerminalError {
  override readonly name = 'NotPermittedError';
}

/** The connection broke while a change was under way: only a login tells whether it was made. */
export class OutcomeUnknownError extends RetryableError {
  override readonly name = 'OutcomeUnknownError';
}

/** A database answered in a way that Lockstep does not know. */
export class DatabaseError extends TerminalError {
  override readonly name = 'DatabaseError';
}

/** A session does not belong to the user it should. */
export class SessionUserError extends TerminalError {
  override readonly name = 'SessionUserError';
}

/** The configured test query fails. */
export class TestQueryError extends TerminalError {
  override readonly name = 'TestQueryError';
}

/** A database refuses a credential that it should accept. */
export class LoginRefusedError extends RetryableError {
  override readonly name = 'LoginRefusedError';
}

/** A database has refused as many logins within a day as it may: trying on would lock the account. */
export class LoginBudgetError extends TerminalError {
  override readonly name = 'LoginBudgetError';
}

/** No stored version opens a database. */
export class LockedOutError extends TerminalError {
  override readonly name = 'LockedOutError';
}

/** Two passwords are valid and the other one is not a stored version that Lockstep knows: a change could end AWSCURRENT. */
export class OverlapUnresolvedError extends TerminalError {
  override readonly name = 'OverlapUnresolvedError';
}

/** Overlap is required and the database does not offer it, or the old password cannot be ended now. */
export class OverlapError extends TerminalError {
  override readonly name = 'OverlapError';
}

// The rest.

/** AWSCURRENT was to be moved, and whether it was is not known. */
export class CommitUnknownError extends RetryableError {
  override readonly name = 'CommitUnknownError';
}

/** Something failed that Lockstep has no name for: a defect. */
export class UnexpectedError extends RetryableError {
  override readonly name = 'UnexpectedError';

  constructor(cause: unknown) {
    super('something failed that has no name here', {
      remedy: 'wait for the retry; if it happens again, report it with the log of this invocation',
      cause,
    });
  }
}

/** The error itself where it is one of the family; anything else as an UnexpectedError. */
export function asLockstepError(error: unknown): LockstepError {
  return error instanceof LockstepError ? error : new UnexpectedError(error);
}

/** The audit trail cannot be read or written. */
export class AuditError extends RetryableError {
  override readonly name = 'AuditError';
}

/** A copy of the audit trail could not be made, or looked for. It never fails a step. */
export class AuditCopyError extends RetryableError {
  override readonly name = 'AuditCopyError';
}

/** The function's time is used up. */
export class DeadlineError extends RetryableError {
  override readonly name = 'DeadlineError';

  constructor() {
    super('the function has too little time left to start another call', {
      remedy: 'wait for the retry; if it happens again, raise timeoutSeconds of this rotation',
    });
  }
}
