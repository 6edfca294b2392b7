import { createHash, verify, type KeyObject } from 'node:crypto';
import { OciServiceError } from './service-error.ts';

/** "If the client's clock is skewed more than 5 minutes, a 401 (NotAuthenticated) is returned" (OCI, Request Signatures). */
export const CLOCK_SKEW_MS_MAX = 5 * 60 * 1000;

const BODY_METHODS = ['POST', 'PUT', 'PATCH'];
const BODY_HEADERS = ['content-length', 'content-type', 'x-content-sha256'];

/** A request as it came in: `target` is path and query exactly as sent, names of `headers` are lower case. */
export interface SignedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface Authorization {
  readonly keyId: string;
  readonly headers: readonly string[];
  readonly signature: string;
}

/** Whose signatures count. Whoever holds one of the keys may do everything. */
export interface KnownKeys {
  /** Public keys of API keys, PEM, by keyId: `<tenancy>/<user>/<fingerprint>`. */
  readonly publicKeys: ReadonlyMap<string, string>;
  /**
   * The session's public key in a token that is valid now; undefined for any other. The keyId is `ST$<token>`.
   *
   * @default no session is known
   */
  readonly sessionKeyOf?: ((token: string) => KeyObject | undefined) | undefined;
}

const SESSION_PREFIX = 'ST$';

/**
 * Verifies an OCI request signature (version 1, draft-cavage-http-signatures-08) and resolves whose it is.
 *
 * Source: OCI documentation, "Request Signatures"; what oci-common 2.142.1 sends, measured: names in the `headers`
 * parameter come in mixed case and stand in the signing string in lower case.
 *
 * @returns The keyId that signed.
 * @throws OciServiceError NotAuthenticated. Its message says why, which the real service's does not.
 */
export function verifyRequest(
  request: SignedRequest,
  options: KnownKeys & {
    readonly nowMs: number;
    /** Object Storage takes a PUT whose body is not signed. @default false */
    readonly mayOmitBody?: boolean;
  },
): string {
  const authorization = parseAuthorization(header(request, 'authorization'));
  const mustSignBody =
    BODY_METHODS.includes(request.method) &&
    !(options.mayOmitBody === true && !authorization.headers.includes('x-content-sha256'));
  checkSignedHeaders(authorization.headers, mustSignBody);
  checkDate(header(request, authorization.headers.includes('x-date') ? 'x-date' : 'date'), options);
  if (mustSignBody) checkBody(request);
  const publicKey = publicKeyOf(authorization.keyId, options);
  if (publicKey === undefined) throw notAuthenticated('the key is not known');
  const isAuthentic = verify(
    'RSA-SHA256',
    Buffer.from(signingString(request, authorization.headers)),
    publicKey,
    Buffer.from(authorization.signature, 'base64'),
  );
  if (!isAuthentic) throw notAuthenticated('the signature is not that of the request');
  return authorization.keyId;
}

function publicKeyOf(keyId: string, keys: KnownKeys): string | KeyObject | undefined {
  if (!keyId.startsWith(SESSION_PREFIX)) return keys.publicKeys.get(keyId);
  return keys.sessionKeyOf?.(keyId.slice(SESSION_PREFIX.length));
}

function parseAuthorization(value: string): Authorization {
  if (!value.startsWith('Signature ')) throw notAuthenticated('the scheme is not Signature');
  const parameters = new Map<string, string>();
  for (const [, name = '', text = ''] of value.matchAll(/(\w+)="([^"]*)"/g)) {
    if (parameters.has(name)) throw notAuthenticated(`${name} is given twice`);
    parameters.set(name, text);
  }
  if (parameters.get('version') !== '1') throw notAuthenticated('the version is not 1');
  if (parameters.get('algorithm') !== 'rsa-sha256') {
    throw notAuthenticated('the algorithm is not rsa-sha256');
  }
  return {
    keyId: parameters.get('keyId') ?? '',
    headers: (parameters.get('headers') ?? '').toLowerCase().split(' '),
    signature: parameters.get('signature') ?? '',
  };
}

function checkSignedHeaders(signed: readonly string[], mustSignBody: boolean): void {
  const required = ['(request-target)', 'host', ...(mustSignBody ? BODY_HEADERS : [])];
  for (const name of required) {
    if (!signed.includes(name)) throw notAuthenticated(`${name} is not signed`);
  }
  if (!signed.includes('date') && !signed.includes('x-date')) {
    throw notAuthenticated('neither date nor x-date is signed');
  }
}

function checkDate(date: string, options: { readonly nowMs: number }): void {
  const skewMs = Math.abs(options.nowMs - Date.parse(date));
  if (!(skewMs <= CLOCK_SKEW_MS_MAX)) throw notAuthenticated('the date is off by over 5 minutes');
}

function checkBody(request: SignedRequest): void {
  const sha256 = createHash('sha256').update(request.body).digest('base64');
  if (header(request, 'x-content-sha256') !== sha256) {
    throw notAuthenticated('x-content-sha256 is not that of the body');
  }
  if (header(request, 'content-length') !== String(request.body.length)) {
    throw notAuthenticated('content-length is not that of the body');
  }
}

function signingString(request: SignedRequest, signed: readonly string[]): string {
  return signed
    .map((name) =>
      name === '(request-target)'
        ? `${name}: ${request.method.toLowerCase()} ${request.target}`
        : `${name}: ${header(request, name)}`,
    )
    .join('\n');
}

function header(request: SignedRequest, name: string): string {
  const value = request.headers[name];
  if (typeof value !== 'string') throw notAuthenticated(`${name} is missing`);
  return value;
}

function notAuthenticated(reason: string): OciServiceError {
  return new OciServiceError(
    'NotAuthenticated',
    `The required information to complete authentication was not provided or was incorrect: ${reason}.`,
  );
}
