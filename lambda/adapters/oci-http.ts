import {
  DefaultRequestSigner,
  type AuthenticationDetailsProvider,
  type HttpClient,
} from 'oci-common';
import type { TimeBudget } from '../domain/time-budget.ts';
import { OciCallError, type OciOperation } from './oci-errors.ts';

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
  readonly #signer: DefaultRequestSigner;
  readonly #budget: TimeBudget;

  constructor(credentials: AuthenticationDetailsProvider, budget: TimeBudget) {
    this.#signer = new DefaultRequestSigner(credentials);
    this.#budget = budget;
  }

  /**
   * Makes one call, once.
   *
   * @param send makes the call with a client of the SDK over the given HTTP client
   * @throws OciCallError when there is no whole answer, or a refusal. No part of an answer is in it but OCI's own
   *   code and message
   * @throws DeadlineError when too little time is left
   */
  async call<T>(operation: OciOperation, send: (httpClient: HttpClient) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(this.#budget.timeoutMs(CALL_TIMEOUT_MS));
    return await new Promise<T>((resolve, reject) => {
      const httpClient: HttpClient = {
        send: (request) =>
          new Promise((answer) => {
            this.#exchange(operation, request, signal).then(answer, reject);
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
    signal: AbortSignal,
  ): Promise<Response> {
    const content = typeof body === 'string' ? { body } : {};
    await this.#signer.signHttpRequest({ method, uri, headers, ...content });
    // A redirect would carry the secret to wherever it points.
    const init: RequestInit = { method, headers, signal, redirect: 'error', ...content };
    const { response, text } = await transfer(operation, uri, init);
    if (!response.ok) throw refusal(operation, response.status, text);
    const { status, headers: answered } = response;
    return new Response(text === '' ? null : text, { status, headers: answered });
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
