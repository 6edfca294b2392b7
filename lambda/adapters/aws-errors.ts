import { LockstepError, VaultRefusedError, VaultUnreachableError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';

export interface AwsCall {
  /** Name of the vault, or of the secret where it is one that the function needs for itself. */
  readonly subject: string;
  /** The API's name of the operation. */
  readonly operation: string;
  readonly redactor: Redactor;
  /** @default Secrets Manager */
  readonly service?: string;
  /** What to do about a refusal by another service. @default that of Secrets Manager */
  readonly remedies?: readonly AwsRemedy[];
}

/** What to do about a refusal in whose name and message `sign` is found. */
export interface AwsRemedy {
  readonly sign: RegExp;
  readonly remedy: (call: AwsCall) => string;
}

/** Secrets Manager says throttling with status 400 (AWS JSON protocol): only the name tells. */
const THROTTLING =
  /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled|RequestThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown|PriorRequestNotComplete)$/;

/** The function itself is not let in, whichever service it calls. */
export const CREDENTIALS_REMEDY: AwsRemedy = {
  sign: /^(CredentialsProviderError|ExpiredToken|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient)/,
  remedy: () => "check the function's AWS credentials and clock",
};

/** The first one whose sign is found counts. */
const REMEDIES: readonly AwsRemedy[] = [
  {
    sign: /^(DecryptionFailure|EncryptionFailure)|\bKMS\b|\bkms:/,
    remedy: () =>
      "check that the secret's KMS key is enabled, and that its policy and the function's role allow kms:Decrypt and kms:GenerateDataKey through Secrets Manager",
  },
  {
    sign: /^AccessDenied/,
    remedy: ({ operation }) =>
      `allow the function's role secretsmanager:${operation} on the secret; see also its resource policy, VPC endpoint policies and service control policies`,
  },
  {
    sign: /^ResourceNotFound/,
    remedy: () =>
      'check that secretArn in rotations.json is the ARN of an existing secret of this account and region',
  },
  { sign: /marked for deletion/, remedy: () => 'restore the secret with RestoreSecret' },
  CREDENTIALS_REMEDY,
  {
    sign: /^LimitExceeded/,
    remedy: () => 'free a quota of Secrets Manager: a secret carries at most 20 labels',
  },
];

/**
 * What an error of the AWS SDK means for a vault. A LockstepError is handed back as it is.
 *
 * Without an answer, with a 5xx, with throttling or with an answer that cannot be read it is a
 * VaultUnreachableError; every other answer is a VaultRefusedError. Expired deadlines arrive as `AbortError`.
 */
export function toVaultError(error: unknown, call: AwsCall): LockstepError {
  if (error instanceof LockstepError) return error;
  const { subject, operation, redactor, service = 'Secrets Manager' } = call;
  const cause = redactor.summarize(isQuotable(error) ? error : withoutMessage(error));
  if (isUnreachable(error)) {
    return new VaultUnreachableError(`${operation} got no usable answer (${cause.name})`, {
      subject,
      remedy: `wait for the retry; if it happens again, check the network path to ${service}`,
      cause,
    });
  }
  return new VaultRefusedError(`${operation} was refused (${cause.name})`, {
    subject,
    remedy: remedyFor(cause, call),
    cause,
  });
}

export function errorName(error: unknown): string {
  const name = fieldsOf(error)['name'];
  return typeof name === 'string' ? name : 'Error';
}

/** How many times the SDK tried before it gave up; 1 where it does not say. */
export function attemptsOf(error: unknown): number {
  const attempts = fieldsOf(fieldsOf(error)['$metadata'])['attempts'];
  return typeof attempts === 'number' ? attempts : 1;
}

/** Whether GetSecretValue says that the version has no value, or not that label. The texts were recorded against AWS. */
export function isNoValue(error: unknown): boolean {
  const name = errorName(error);
  const isOtherLabel = String(fieldsOf(error)['message']).includes('not associated');
  return (
    name === 'ResourceNotFoundException' || (name === 'InvalidRequestException' && isOtherLabel)
  );
}

function isUnreachable(error: unknown): boolean {
  const name = errorName(error);
  if (name === 'CredentialsProviderError') return false;
  if (!isServiceError(error) || THROTTLING.test(name)) return true;
  const status = fieldsOf(fieldsOf(error)['$metadata'])['httpStatusCode'];
  return typeof status !== 'number' || status === 429 || status >= 500;
}

/** Whether the service itself worded the error: the SDK marks those with `$fault`. */
function isServiceError(error: unknown): boolean {
  return fieldsOf(error)['$fault'] !== undefined;
}

/**
 * Only the service's own words, those of the network and those of timeouts can be passed on. A parser's message quotes
 * an answer that may hold a secret which nobody has read yet, so no redactor knows it.
 */
function isQuotable(error: unknown): boolean {
  return (
    isServiceError(error) ||
    typeof fieldsOf(error)['code'] === 'string' ||
    ['AbortError', 'TimeoutError', 'CredentialsProviderError'].includes(errorName(error))
  );
}

function withoutMessage(error: unknown): unknown {
  return { name: errorName(error), message: 'the answer could not be read' };
}

function remedyFor({ name, message }: Error, call: AwsCall): string {
  const known = (call.remedies ?? REMEDIES).find(({ sign }) => sign.test(`${name} ${message}`));
  return known?.remedy(call) ?? `look up ${name} in the reference of ${call.operation}`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
