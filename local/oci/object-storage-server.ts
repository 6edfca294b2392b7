import {
  serve,
  type HttpAnswer,
  type HttpRequest,
  type HttpService,
  type JournalEntry,
  type StandIn,
} from '../aws/http-stand-in.ts';
import { AwsServiceError } from '../aws/service-error.ts';
import { FaultPlan } from '../faults.ts';
import { requestId } from './answer.ts';
import type { ObjectPlace, ObjectStorage } from './object-storage.ts';
import { verifyRequest } from './request-signature.ts';
import { OciServiceError, statusOf } from './service-error.ts';

export interface ObjectStorageServerOptions {
  readonly storage: ObjectStorage;
  /** Public keys, PEM, by keyId. Whoever holds one may read everything. */
  readonly publicKeys: ReadonlyMap<string, string>;
  /** @default no faults */
  readonly faults?: FaultPlan;
  /** The clock that dates of signatures are held against, in epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** @default a journal that nobody reads */
  readonly journal?: JournalEntry[];
}

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  BucketNotFound: 404,
  ObjectNotFound: 404,
};

/**
 * OCI Object Storage's GetObject on 127.0.0.1: signed (`/n/…/b/…/o/…`), or by a pre-authenticated request (`/p/…`). Calls
 * are `objectstorage:GetObject` and `objectstorage:GetPreauthenticated` in a fault plan.
 */
export async function startObjectStorage(options: ObjectStorageServerOptions): Promise<StandIn> {
  const { faults = new FaultPlan(), journal = [] } = options;
  return await serve(objectStorageService(options), { faults, journal });
}

function objectStorageService(options: ObjectStorageServerOptions): HttpService {
  return {
    name: 'objectstorage',
    operationOf: ({ url }) =>
      url.pathname.startsWith('/p/') ? 'GetPreauthenticated' : 'GetObject',
    answer: (request) => answer(request, options),
    refusal: ({ name: code, message, status }) => json(status, { code, message }),
    refused: ({ code = 'InternalServerError', message = 'Internal Server Error' }) =>
      refusal(code, message),
    throttled: () => refusal('TooManyRequests', 'User-rate limit exceeded.'),
  };
}

function answer(request: HttpRequest, options: ObjectStorageServerOptions): HttpAnswer {
  const { method, url } = request;
  const [, token, namespace, bucket, object] =
    /^(?:\/p\/([^/]+))?\/n\/([^/]+)\/b\/([^/]+)\/o\/(.+)$/.exec(url.pathname) ?? [];
  const isPlace = namespace !== undefined && bucket !== undefined && object !== undefined;
  if (method !== 'GET' || !isPlace) throw refusal('NotFound', 'no such operation');
  const place = {
    namespace: decodeURIComponent(namespace),
    bucket: decodeURIComponent(bucket),
    object: decodeURIComponent(object),
  };
  if (token === undefined) checkSignature(request, options);
  else if (!options.storage.opens(token, place)) throw bucketNotFound(place);
  return read(place, options.storage);
}

function checkSignature(
  { method, url, headers, body }: HttpRequest,
  { publicKeys, now = Date.now }: ObjectStorageServerOptions,
): void {
  const target = `${url.pathname}${url.search}`;
  try {
    verifyRequest({ method, target, headers, body }, { publicKeys, nowMs: now() });
  } catch (error) {
    if (error instanceof OciServiceError) throw refusal(error.code, error.message);
    throw error;
  }
}

function read(place: ObjectPlace, storage: ObjectStorage): HttpAnswer {
  const found = storage.get(place);
  if (found === 'no-bucket') throw bucketNotFound(place);
  if (found === 'no-object') {
    const { object, bucket } = place;
    throw refusal(
      'ObjectNotFound',
      `The object '${object}' was not found in the bucket '${bucket}'`,
    );
  }
  const { bytes, contentType, etag } = found;
  return {
    status: 200,
    headers: { 'content-type': contentType, etag, 'opc-request-id': requestId(undefined) },
    body: bytes,
  };
}

function bucketNotFound({ namespace, bucket }: ObjectPlace): AwsServiceError {
  return refusal(
    'BucketNotFound',
    `Either the bucket named '${bucket}' does not exist in the namespace '${namespace}' or you are not authorized to access it`,
  );
}

function refusal(code: string, message: string): AwsServiceError {
  return new AwsServiceError(code, message, { status: STATUS_BY_CODE[code] ?? statusOf(code) });
}

function json(status: number, body: object): HttpAnswer {
  const headers = {
    'content-type': 'application/json',
    'opc-request-id': requestId(undefined),
  };
  return { status, headers, body: JSON.stringify(body) };
}
