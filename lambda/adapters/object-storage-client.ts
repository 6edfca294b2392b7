import type { DefaultRequestSigner } from 'oci-common';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import { exchangeBounded, type BoundedAnswer, type BoundedExchange } from './bounded-exchange.ts';
import type { OciAccess, OciSigningKey } from './oci-access.ts';
import { signerOf } from './oci-request-signer.ts';

/** OCI's own words for what went wrong: `{"code": "ObjectNotFound", …}`. */
const CODE = /^[A-Za-z]{1,64}$/;

export interface ObjectStorageClientOptions {
  /** What requests are signed with. */
  readonly access: OciAccess;
  readonly budget: TimeBudget;
  readonly clock: Pick<Clock, 'sleep'>;
}

export type ObjectStorageRequest = Pick<
  BoundedExchange,
  'method' | 'body' | 'bytesMax' | 'attemptMaxMs'
> & {
  /** Beside those of the signature. @default none */
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * Signs calls of OCI Object Storage; once more with another key where OCI refuses one. The SDK's client is not used: it
 * is 4 MB for a few calls, and reads without a bound.
 */
export class ObjectStorageClient {
  readonly #options: ObjectStorageClientOptions;
  /** The SDK parses a key for each signer. */
  readonly #signers = new WeakMap<OciSigningKey, DefaultRequestSigner>();

  constructor(options: ObjectStorageClientOptions) {
    this.#options = options;
  }

  /** @throws NoUsableAnswerError, TooLongError, DeadlineError, and what keeps the signing key away */
  async call(url: string, request: ObjectStorageRequest): Promise<BoundedAnswer> {
    const { access } = this.#options;
    const key = await access.signingKey();
    const answer = await this.#callWith(key, url, request);
    const other = answer.status === 401 ? await access.replace(key) : undefined;
    return other === undefined ? answer : await this.#callWith(other, url, request);
  }

  async #callWith(
    key: OciSigningKey,
    url: string,
    { headers: given, ...request }: ObjectStorageRequest,
  ): Promise<BoundedAnswer> {
    const { budget, clock } = this.#options;
    const { method = 'GET' } = request;
    const headers = async (): Promise<Headers> => {
      const signed = new Headers(given);
      // As the SDK has it for this service: the body is left out, and `content-md5` is what guards it.
      await this.#signerOf(key).signHttpRequest({ method, uri: url, headers: signed }, true);
      return signed;
    };
    return await exchangeBounded(url, { ...request, headers, budget, clock });
  }

  #signerOf(key: OciSigningKey): DefaultRequestSigner {
    const signer = this.#signers.get(key) ?? signerOf(key);
    this.#signers.set(key, signer);
    return signer;
  }
}

/**
 * The URL of a bucket's objects, without a slash at its end.
 *
 * @param service where Object Storage answers
 */
export function objectsUrl(
  { href }: URL,
  { namespace, bucket }: { readonly namespace: string; readonly bucket: string },
): string {
  const [inNamespace, inBucket] = [namespace, bucket].map((part) => encodeURIComponent(part));
  return `${href.replace(/\/+$/, '')}/n/${inNamespace}/b/${inBucket}/o`;
}

/** OCI's own code out of a refusal. Nothing else of one is to be believed, or quoted. */
export function codeOf(bytes: Uint8Array): string | undefined {
  try {
    const { code } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly code?: unknown };
    return typeof code === 'string' && CODE.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
