import { randomBytes } from 'node:crypto';
import { credentialScope } from './authorization.ts';
import type { HttpAnswer, HttpRequest, HttpService } from './http-stand-in.ts';
import { readBody } from './s3-body.ts';
import { bucketPolicy, objectLockConfiguration } from './s3-bucket-settings.ts';
import { errorDocument, listObjects, listVersions } from './s3-listing.ts';
import type { ObjectVersion, S3Store } from './s3-store.ts';
import { AwsServiceError } from './service-error.ts';

/** The HTTP status of an error that a fault names; any other is 400. */
const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  ConditionalRequestConflict: 409,
  OperationAborted: 409,
  PreconditionFailed: 412,
  InternalError: 500,
  ServiceUnavailable: 503,
  SlowDown: 503,
};

interface S3Call {
  readonly store: S3Store;
  readonly request: HttpRequest;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

const OPERATIONS: Readonly<Record<string, (call: S3Call) => Partial<HttpAnswer>>> = {
  PutObject: putObject,
  GetObject: ({ store, bucket, key, versionId, request }) =>
    objectAnswer(store.get(bucket, key, versionId), request),
  HeadObject: ({ store, bucket, key, versionId, request }) =>
    objectAnswer(store.get(bucket, key, versionId), request),
  DeleteObject: deleteObject,
  ListObjectsV2: ({ store, bucket, request }) =>
    xml(200, listObjects(store, bucket, request.url.searchParams)),
  ListObjectVersions: ({ store, bucket, request }) =>
    xml(200, listVersions(store, bucket, request.url.searchParams)),
  GetObjectLockConfiguration: ({ store, bucket }) =>
    xml(200, objectLockConfiguration(store.bucketOptions(bucket))),
  GetBucketPolicy: ({ store, bucket }) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: bucketPolicy(store.bucketOptions(bucket)),
  }),
};

/** What is asked of a bucket, by the one word of its query. */
const BUCKET_OPERATIONS: Readonly<Record<string, string>> = {
  versions: 'ListObjectVersions',
  'object-lock': 'GetObjectLockConfiguration',
  policy: 'GetBucketPolicy',
};

/**
 * S3's REST protocol for objects, path-style addresses. Puts with `If-None-Match: *` write a key once; of a bucket's
 * settings, object lock and policy are shown. Other conditions, ranges, multipart uploads, tags and ACLs are refused as not
 * implemented or absent.
 * Error texts were recorded against AWS (LocalStack's `test_s3_api.snapshot.json`, 2026-02-21).
 */
export function s3Service(store: S3Store): HttpService {
  return {
    name: 's3',
    operationOf,
    answer: (request, operation) => {
      checkCredential(request);
      const run = OPERATIONS[operation];
      if (run === undefined) throw notImplemented(request.url.search);
      const [bucket = '', ...path] = request.url.pathname.slice(1).split('/');
      const key = decodeURIComponent(path.join('/'));
      const versionId = request.url.searchParams.get('versionId') ?? undefined;
      return withIds(run({ store, request, bucket, key, versionId }));
    },
    refusal: (error) => {
      const requestId = newRequestId();
      return withIds(xml(error.status, errorDocument(error, requestId)), requestId);
    },
    refused: ({
      code = 'InternalError',
      message = 'We encountered an internal error. Please try again.',
    }) => new AwsServiceError(code, message, { status: STATUS[code] ?? 400 }),
    throttled: () =>
      new AwsServiceError('SlowDown', 'Please reduce your request rate.', { status: 503 }),
  };
}

function operationOf({ method, url }: HttpRequest): string {
  const query = url.searchParams;
  const hasKey = /^\/[^/]+\/./.test(url.pathname);
  if (!hasKey) {
    if (method === 'GET' && query.get('list-type') === '2') return 'ListObjectsV2';
    const [, operation] = Object.entries(BUCKET_OPERATIONS).find(([word]) => query.has(word)) ?? [];
    return method === 'GET' && operation !== undefined ? operation : 'Unknown';
  }
  const isSubresource = [...query.keys()].some((name) => !['x-id', 'versionId'].includes(name));
  const verb = { PUT: 'Put', GET: 'Get', HEAD: 'Head', DELETE: 'Delete' }[method];
  return isSubresource || verb === undefined ? 'Unknown' : `${verb}Object`;
}

function checkCredential(request: HttpRequest): void {
  const scope = credentialScope(request);
  if (scope === 'missing') throw accessDenied();
  if (scope === 'malformed' || scope.service !== 's3') {
    throw new AwsServiceError(
      'AuthorizationHeaderMalformed',
      'The authorization header is malformed; the service of its credential must be "s3".',
    );
  }
}

function putObject({ store, request, bucket, key }: S3Call): Partial<HttpAnswer> {
  const { headers } = request;
  const { requireIfNoneMatch, retentionDays } = store.bucketOptions(bucket);
  const ifNoneMatch = headers['if-none-match'];
  if (requireIfNoneMatch === true && ifNoneMatch === undefined) throw accessDenied();
  if ((ifNoneMatch ?? '*') !== '*' || 'if-match' in headers || 'x-amz-copy-source' in headers) {
    throw notImplemented('a header');
  }
  const { bytes, checksum, isChecked } = readBody(request);
  const retainUntilText = headers['x-amz-object-lock-retain-until-date'];
  const retainUntil =
    retainUntilText === undefined ? undefined : Date.parse(String(retainUntilText));
  if ((retainUntil !== undefined || retentionDays !== undefined) && !isChecked) {
    throw new AwsServiceError(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  }
  if (ifNoneMatch === '*' && store.current(bucket, key) !== undefined) {
    throw new AwsServiceError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      { status: 412, details: { Condition: 'If-None-Match' } },
    );
  }
  const kept = storedHeaders(headers);
  const object = store.put(bucket, key, { bytes, checksum, headers: kept, retainUntil });
  return { status: 200, headers: { ...versionHeaders(object), ...checksumHeaders(object) } };
}

function deleteObject({ store, bucket, key, versionId }: S3Call): Partial<HttpAnswer> {
  const gone = store.delete(bucket, key, versionId);
  const marker = gone?.isDeleteMarker === true ? { 'x-amz-delete-marker': 'true' } : {};
  const id = gone?.versionId ?? versionId;
  return {
    status: 204,
    headers: { ...marker, ...(id !== undefined && { 'x-amz-version-id': id }) },
  };
}

function objectAnswer(object: ObjectVersion, { headers }: HttpRequest): Partial<HttpAnswer> {
  if ('range' in headers || 'if-match' in headers || 'if-none-match' in headers) {
    throw notImplemented('a header');
  }
  const wantsChecksum = headers['x-amz-checksum-mode'] === 'ENABLED';
  return {
    status: 200,
    headers: {
      ...object.headers,
      ...versionHeaders(object),
      ...(wantsChecksum && checksumHeaders(object)),
      'last-modified': new Date(object.modifiedAt).toUTCString(),
    },
    body: object.bytes,
  };
}

function storedHeaders(headers: HttpRequest['headers']): Record<string, string> {
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  const contentType = headers['content-type'] ?? 'binary/octet-stream';
  return {
    ...(Object.fromEntries(metadata) as Record<string, string>),
    'content-type': contentType,
  };
}

function versionHeaders({ etag, versionId, retainUntil }: ObjectVersion): Record<string, string> {
  return {
    etag,
    'x-amz-version-id': versionId,
    ...(retainUntil !== undefined && {
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': new Date(retainUntil).toISOString(),
    }),
  };
}

function checksumHeaders({ checksum }: ObjectVersion): Record<string, string> {
  if (checksum === undefined) return {};
  return {
    [`x-amz-checksum-${checksum.algorithm}`]: checksum.value,
    'x-amz-checksum-type': 'FULL_OBJECT',
  };
}

function xml(status: number, body: string): Partial<HttpAnswer> {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function withIds(answer: Partial<HttpAnswer>, requestId = newRequestId()): HttpAnswer {
  const { status = 200, headers = {}, body = '' } = answer;
  const ids = { 'x-amz-request-id': requestId, 'x-amz-id-2': 'local' };
  return { status, headers: { ...headers, ...ids }, body };
}

function newRequestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}

function accessDenied(): AwsServiceError {
  return new AwsServiceError('AccessDenied', 'Access Denied', { status: 403 });
}

function notImplemented(what: string): AwsServiceError {
  return new AwsServiceError('NotImplemented', `This stand-in does not implement ${what}.`, {
    status: 501,
  });
}
