import type { DefaultRequestSigner, HttpClient } from 'oci-common';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { OciAccess, OciSigningKey } from './oci-access.ts';
import { isNotAuthenticated, OciCallError, type OciOperation } from './oci-errors.ts';
import { signerOf } from './oci-request-signer.ts';

/** One attempt of one call, from connecting to the last byte of the answer. */
const CALL_TIMEOUT_MS = 8_000;

type SdkRequest = Parameters<HttpClient['send']>[0];

/**
 * Sends what the clients of the OCI SDK compose, signed by the SDK, each call with a deadline of its own.
 *
 * The SDK's own HTTP client has no deadline for a call, rejects with plain objects and prints every failure to the
 * console. Here a failure never reaches the SDK: `call` rejects with an OciCallError, and the SDK is left waiting for
 * an answer that nobody holds any more.
 */
export class OciHttp {
  readonly #access: OciAccess;
  readonly #budget: TimeBudget;
  readonly #signers = new WeakMap<OciSigningKey, DefaultRequestSigner>();

  constructor(access: OciAccess, budget: TimeBudget) {
    this.#access = access;
    this.#budget = budget;
  }

  /**
   * Makes one call, once; a second time where OCI does not accept the signing key, which changes nothing there, and
   * there is another one.
   *
   * @param send makes the call with a client of the SDK over the given HTTP client
   * @throws OciCallError when there is no whole answer, or a refusal. No part of an answer is in it but OCI's own
   *   code and message
   * @throws DeadlineError when too little time is left, and what keeps the signing key away
   */
  async call<T>(operation: OciOperation, send: (httpClient: HttpClient) => Promise<T>): Promise<T> {
    const key = await this.#access.signingKey();
    try {
      return await this.#callWith(key, operation, send);
    } catch (error) {
      const other = isNotAuthenticated(error) ? await this.#access.replace(key) : undefined;
      if (other === undefined) throw error;
      return await this.#callWith(other, operation, send);
    }
  }

  async #callWith<T>(
    key: OciSigningKey,
    operation: OciOperation,
    send: (httpClient: HttpClient) => Promise<T>,
  ): Promise<T> {
    const signer = this.#signerOf(key);
    const signal = AbortSignal.timeout(this.#budget.timeoutMs(CALL_TIMEOUT_MS));
    return await new Promise<T>((resolve, reject) => {
      const httpClient: HttpClient = {
        send: (request) =>
          new Promise((answer) => {
            this.#exchange(operation, request, { signer, signal }).then(answer, reject);
          }),
      };
      send(httpClient).then(resolve, () => {
        // What the SDK itself rejects with is about an answer it could not read, and may quote it.
        reject(new OciCallError('the answer could not be read', { operation }));
      });
    });
  }

  async #exchange(
    operation: OciOperation,
    { method, uri, headers, body }: SdkRequest,
    { signer, signal }: { readonly signer: DefaultRequestSigner; readonly signal: AbortSignal },
  ): Promise<Response> {
    const content = typeof body === 'string' ? { body } : {};
    await signer.signHttpRequest({ method, uri, headers, ...content });
    // A redirect would carry the secret to wherever it points.
    const init: RequestInit = { method, headers, signal, redirect: 'error', ...content };
    const { response, text } = await transfer(operation, uri, init);
    if (!response.ok) throw refusal(operation, response.status, text);
    const { status, headers: answered } = response;
    return new Response(text === '' ? null : text, { status, headers: answered });
  }

  /** The SDK parses a key for each signer. A signer of its own for each key: the two halves of one always go together. */
  #signerOf(key: OciSigningKey): DefaultRequestSigner {
    const known = this.#signers.get(key);
    if (known !== undefined) return known;
    const signer = signerOf(key);
    this.#signers.set(key, signer);
    return signer;
  }
}

async function transfer(
  operation: OciOperation,
  uri: string,
  init: RequestInit,
): Promise<{ readonly response: Response; readonly text: string }> {
  try {
    const response = await fetch(uri, init);
    return { response, text: await response.text() };
  } catch (error) {
    throw new OciCallError('no whole answer came', { operation, cause: error });
  }
}

/** OCI refuses with `{"code": …, "message": …}` (OCI, API Errors); any other body is somebody else's. */
function refusal(operation: OciOperation, statusCode: number, text: string): OciCallError {
  const { code, message } = parseRefusal(text);
  if (typeof code === 'string' && typeof message === 'string') {
    return new OciCallError(message, { operation, statusCode, serviceCode: code });
  }
  return new OciCallError('the answer is not in the form of OCI', { operation, statusCode });
}

function parseRefusal(text: string): { readonly code?: unknown; readonly message?: unknown } {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}
