import {
  serve,
  type HttpAnswer,
  type HttpRequest,
  type HttpService,
  type JournalEntry,
  type StandIn,
} from '../aws/http-stand-in.ts';
import { FaultPlan } from '../faults.ts';
import {
  bucketNotFound,
  getObject,
  json,
  listObjects,
  putObject,
  refusal,
} from './object-storage-operations.ts';
import type { ObjectPlace, ObjectStorage } from './object-storage.ts';
import { verifyRequest, type KnownKeys } from './request-signature.ts';
import { OciServiceError } from './service-error.ts';

/** What a policy can allow on objects (OCI, Details for Object Storage), as far as there is an operation for it here. */
export const OBJECT_PERMISSIONS = [
  'OBJECT_INSPECT',
  'OBJECT_READ',
  'OBJECT_CREATE',
  'OBJECT_OVERWRITE',
] as const;
export type ObjectPermission = (typeof OBJECT_PERMISSIONS)[number];

export interface ObjectStorageServerOptions extends KnownKeys {
  readonly storage: ObjectStorage;
  /** Of whoever signs. @default all */
  readonly permissions?: readonly ObjectPermission[];
  /** @default no faults */
  readonly faults?: FaultPlan;
  /** The clock that dates of signatures are held against, in epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** @default a journal that nobody reads */
  readonly journal?: JournalEntry[];
}

/**
 * OCI Object Storage on 127.0.0.1: GetObject, PutObject and ListObjects, signed (`/n/…/b/…/o…`), and GetObject by a
 * pre-authenticated request (`/p/…`). Calls are `objectstorage:GetObject`, `objectstorage:PutObject`,
 * `objectstorage:ListObjects` and `objectstorage:GetPreauthenticated` in a fault plan.
 */
export async function startObjectStorage(options: ObjectStorageServerOptions): Promise<StandIn> {
  const { faults = new FaultPlan(), journal = [] } = options;
  return await serve(objectStorageService(options), { faults, journal });
}

function objectStorageService(options: ObjectStorageServerOptions): HttpService {
  return {
    name: 'objectstorage',
    operationOf: (request) => routeOf(request)?.operation ?? 'Unknown',
    answer: (request) => answer(request, options),
    refusal: ({ name: code, message, status }) => json(status, { code, message }),
    refused: ({ code = 'InternalServerError', message = 'Internal Server Error' }) =>
      refusal(code, message),
    throttled: () => refusal('TooManyRequests', 'User-rate limit exceeded.'),
  };
}

interface Route {
  readonly operation: 'GetObject' | 'GetPreauthenticated' | 'PutObject' | 'ListObjects';
  readonly token: string | undefined;
  readonly place: ObjectPlace;
}

function routeOf({ method, url }: HttpRequest): Route | undefined {
  const [, token, namespace, bucket, name] =
    /^(?:\/p\/([^/]+))?\/n\/([^/]+)\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(url.pathname) ?? [];
  if (namespace === undefined || bucket === undefined) return undefined;
  const operation = operationOf(method, { isPreauthenticated: token !== undefined, name });
  if (operation === undefined) return undefined;
  const place = {
    namespace: decodeURIComponent(namespace),
    bucket: decodeURIComponent(bucket),
    object: decodeURIComponent(name ?? ''),
  };
  return { operation, token, place };
}

function operationOf(
  method: string,
  { isPreauthenticated, name }: { isPreauthenticated: boolean; name: string | undefined },
): Route['operation'] | undefined {
  if (method === 'GET' && name !== undefined) {
    return isPreauthenticated ? 'GetPreauthenticated' : 'GetObject';
  }
  if (isPreauthenticated) return undefined;
  if (method === 'GET') return 'ListObjects';
  return method === 'PUT' && name !== undefined ? 'PutObject' : undefined;
}

function answer(request: HttpRequest, options: ObjectStorageServerOptions): HttpAnswer {
  const route = routeOf(request);
  if (route === undefined) throw refusal('NotFound', 'no such operation');
  const { operation, token, place } = route;
  const { storage, permissions = OBJECT_PERMISSIONS } = options;
  if (token === undefined) checkSignature(request, options);
  else if (!storage.opens(token, place)) throw bucketNotFound(place);
  switch (operation) {
    case 'GetPreauthenticated':
      return getObject(storage, place);
    case 'GetObject':
      requirePermission('OBJECT_READ', { permissions, place });
      return getObject(storage, place);
    case 'ListObjects':
      requirePermission('OBJECT_INSPECT', { permissions, place });
      return listObjects(storage, { place, query: request.url.searchParams });
    case 'PutObject': {
      const isThere = typeof storage.get(place) === 'object';
      requirePermission(isThere ? 'OBJECT_OVERWRITE' : 'OBJECT_CREATE', { permissions, place });
      return putObject(storage, { place, request });
    }
  }
}

/** Who may not, is told the same as of a bucket that is not there. */
function requirePermission(
  permission: ObjectPermission,
  { permissions, place }: { permissions: readonly ObjectPermission[]; place: ObjectPlace },
): void {
  if (!permissions.includes(permission)) throw bucketNotFound(place);
}

function checkSignature(
  { method, url, headers, body }: HttpRequest,
  { publicKeys, sessionKeyOf, now = Date.now }: ObjectStorageServerOptions,
): void {
  const target = `${url.pathname}${url.search}`;
  const options = { publicKeys, sessionKeyOf, nowMs: now(), mayOmitBody: true };
  try {
    verifyRequest({ method, target, headers, body }, options);
  } catch (error) {
    if (error instanceof OciServiceError) throw refusal(error.code, error.message);
    throw error;
  }
}
