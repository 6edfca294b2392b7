import {
  LockstepError,
  VaultBusyError,
  VaultFullError,
  VaultRefusedError,
  VaultUnreachableError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';

/** The operations of OCI that a mirror uses, and what a policy must allow for each (OCI, Details for the Vault Service). */
const POLICY_BY_OPERATION = {
  GetSecret: 'use secrets',
  UpdateSecret: 'use secrets',
  GetSecretBundle: 'read secret-bundles',
  ListSecretVersions: 'inspect secret-versions',
  ScheduleSecretVersionDeletion: 'manage secret-versions',
} as const;

export type OciOperation = keyof typeof POLICY_BY_OPERATION;

/** One failed call, before it is known what it means for the rotation. It stays inside the adapter. */
export class OciCallError extends Error {
  override readonly name = 'OciCallError';
  readonly operation: OciOperation;
  /** Undefined where no whole answer came. */
  readonly statusCode: number | undefined;
  /** OCI's own code, such as IncorrectState; undefined where the answer is not OCI's. */
  readonly serviceCode: string | undefined;

  constructor(
    message: string,
    details: {
      readonly operation: OciOperation;
      readonly statusCode?: number;
      readonly serviceCode?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.operation = details.operation;
    this.statusCode = details.statusCode;
    this.serviceCode = details.serviceCode;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof OciCallError && error.statusCode === 404 && !isUnreachable(error);
}

/** Whether OCI itself said that it does not accept the signature, or the key or token that it names. */
export function isNotAuthenticated(error: unknown): boolean {
  return error instanceof OciCallError && error.statusCode === 401 && !isUnreachable(error);
}

/** The refusal of a version name that is in use, as worded by OCI (terraform-provider-oci issue 1913). */
export function isNameTaken(error: unknown): boolean {
  return (
    error instanceof OciCallError &&
    error.statusCode === 400 &&
    /name already exists/i.test(error.message)
  );
}

/**
 * Whether the call may succeed when repeated: no answer, 429, 5xx, 409 IncorrectState (the secret is UPDATING), 412 (it
 * changed in between). After no answer and after a 5xx a write may have taken effect: look before repeating it.
 */
export function isWorthRepeating(error: unknown): boolean {
  return error instanceof OciCallError && (isUnreachable(error) || isBusy(error));
}

/** What a failed call means for the mirror. A LockstepError is handed back as it is. */
export function toMirrorError(
  error: unknown,
  mirror: {
    readonly name: string;
    readonly secretOcid: string;
    /** What to do when OCI does not accept the signature. */
    readonly signInRemedy: string;
    readonly redactor: Redactor;
  },
): LockstepError {
  if (error instanceof LockstepError) return error;
  const { name: subject, redactor } = mirror;
  const cause = redactor.summarize(error);
  const summary = redactor.clean(summaryOf(error));
  if (!(error instanceof OciCallError) || isUnreachable(error)) {
    return new VaultUnreachableError(`${summary}: no usable answer`, {
      subject,
      remedy: 'wait for the retry; if it happens again, check the network path to OCI',
      cause,
    });
  }
  if (isBusy(error)) {
    return new VaultBusyError(`${summary}: another change of the secret is under way`, {
      subject,
      remedy: 'wait for the retry; if it happens again, see what else changes the secret',
      cause,
    });
  }
  if (error.serviceCode === 'LimitExceeded' || error.serviceCode === 'QuotaExceeded') {
    return new VaultFullError(`${summary}: the secret has too many versions`, {
      subject,
      remedy: 'schedule its oldest DEPRECATED versions for deletion; OCI keeps 30 in use',
      cause,
    });
  }
  const remedy = remedyFor(error, mirror);
  return new VaultRefusedError(`${summary}: refused`, { subject, remedy, cause });
}

function isUnreachable({ statusCode, serviceCode }: OciCallError): boolean {
  // Without OCI's code the answer is somebody else's, a proxy's for example, and says nothing about the call.
  const isForeign = serviceCode === undefined;
  return statusCode === undefined || statusCode === 429 || statusCode >= 500 || isForeign;
}

function isBusy({ statusCode, serviceCode }: OciCallError): boolean {
  return (statusCode === 409 && serviceCode === 'IncorrectState') || statusCode === 412;
}

function summaryOf(error: unknown): string {
  if (!(error instanceof OciCallError)) return 'a call to OCI';
  const { operation, statusCode, serviceCode } = error;
  return [operation, statusCode, serviceCode].filter((part) => part !== undefined).join(' ');
}

function remedyFor(
  { operation, statusCode }: OciCallError,
  { secretOcid, signInRemedy }: { readonly secretOcid: string; readonly signInRemedy: string },
): string {
  if (statusCode === 401) return signInRemedy;
  if (statusCode === 404 || statusCode === 403) {
    const statement = `allow group <group> to ${POLICY_BY_OPERATION[operation]} in compartment <compartment> where target.secret.id = '${secretOcid}'`;
    return `check secretOcid and region, and that a policy says "${statement}"; OCI answers 404 for what is missing and for what is not permitted`;
  }
  if (operation === 'UpdateSecret' && statusCode === 400) {
    return 'see the cause; if the secret has a reuse rule, it may hold a version with the same content';
  }
  return `see the cause and OCI's reference of ${operation}`;
}
