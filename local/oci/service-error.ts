/**
 * Statuses of the error codes that the two services answer with.
 *
 * Source: OCI documentation, "API Errors", Common Errors Returned by All Services.
 */
export const STATUS_BY_CODE = {
  CannotParseRequest: 400,
  InvalidParameter: 400,
  LimitExceeded: 400,
  MissingParameter: 400,
  QuotaExceeded: 400,
  NotAuthenticated: 401,
  NotAuthorized: 403,
  NotAuthorizedOrNotFound: 404,
  NotFound: 404,
  MethodNotAllowed: 405,
  IncorrectState: 409,
  InvalidatedRetryToken: 409,
  NotAuthorizedOrResourceAlreadyExists: 409,
  NoEtagMatch: 412,
  TooManyRequests: 429,
  InternalServerError: 500,
  ServiceUnavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS_BY_CODE;

/** A refusal by the service, as it goes over the wire: `{code, message}` under `status`. */
export class OciServiceError extends Error {
  override readonly name = 'OciServiceError';
  readonly code: ErrorCode;
  readonly status: number;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = STATUS_BY_CODE[code];
  }
}

/** The answer for a secret, version or stage that is not there. "No permission" looks the same (OCI, API Errors). */
export function notFound(): OciServiceError {
  return new OciServiceError(
    'NotAuthorizedOrNotFound',
    'Authorization failed or requested resource not found.',
  );
}

/** The status that goes with `code`; 500 for a code that this table does not know. */
export function statusOf(code: string): number {
  return isErrorCode(code) ? STATUS_BY_CODE[code] : 500;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(STATUS_BY_CODE, code);
}
