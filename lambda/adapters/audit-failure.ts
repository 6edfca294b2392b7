import { AuditError, LockstepError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';

export interface AuditFailure {
  /** What did not work, as a finding: "the entry could not be written to s3://…". */
  readonly finding: string;
  /** What the function's role needs for the call. */
  readonly permission: string;
  readonly redactor: Redactor;
}

/** What AWS's services call "not permitted", each in its own way. */
const DENIED = ['AccessDenied', 'AccessDeniedException', 'KMS.AccessDeniedException'];
const NO_ANSWER = ['AbortError', 'TimeoutError', 'CredentialsProviderError'];

/** The AuditError for an error of an AWS client, of the time budget, or of the network; an AuditError as it is. */
export function auditFailure(
  error: unknown,
  { finding, permission, redactor }: AuditFailure,
): AuditError {
  if (error instanceof AuditError) return error;
  const name = redactor.clean(nameOf(error));
  return new AuditError(`${finding} (${name})`, {
    subject: 'audit trail',
    remedy: remedyFor(error, permission),
    cause: redactor.summarize(isQuotable(error) ? error : unreadable(error)),
  });
}

/** The name of an error, which in AWS's clients is the service's own error code. */
export function nameOf(error: unknown): string {
  const { name } = (error ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' ? name : 'no name';
}

/** The HTTP status with which an AWS service answered, if it did. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata } = (error ?? {}) as {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return $metadata?.httpStatusCode;
}

/**
 * Whether the words are the service's own, our own, the network's or a timeout's. Any other are a parser's, which quote
 * the answer: that may be the key itself, which no redactor has seen yet.
 */
function isQuotable(error: unknown): boolean {
  const { $fault, code } = (error ?? {}) as { readonly $fault?: unknown; readonly code?: unknown };
  const isWorded = $fault !== undefined || typeof code === 'string';
  return isWorded || error instanceof LockstepError || NO_ANSWER.includes(nameOf(error));
}

function unreadable(error: unknown): unknown {
  return { name: nameOf(error), message: 'the answer could not be read' };
}

function remedyFor(error: unknown, permission: string): string {
  if (error instanceof LockstepError) return error.remedy;
  if (DENIED.includes(nameOf(error))) return `give the function's role ${permission}`;
  if (NO_ANSWER.includes(nameOf(error)) || statusOf(error) === undefined) {
    return 'wait for the retry; if it happens again, check the way from the function to the service, and its credentials';
  }
  return `wait for the retry; if it happens again, look at the cause and see that the function's role has ${permission}`;
}
