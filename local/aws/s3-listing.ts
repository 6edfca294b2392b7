import { compareKeys, type ObjectVersion, type S3Store } from './s3-store.ts';
import { AwsServiceError } from './service-error.ts';
import { element, xmlDocument } from './xml.ts';

const KEYS_MAX = 1000;
const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** ListObjectsV2: prefix, start-after, max-keys and continuation-token; no delimiter, no url encoding. */
export function listObjects(store: S3Store, bucket: string, query: URLSearchParams): string {
  refuseUnknown(query, ['list-type', 'prefix', 'start-after', 'max-keys', 'continuation-token']);
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const maxKeys = maxKeysOf(query);
  const after = token === null ? (startAfter ?? '') : keyOf(token);
  const objects = store
    .versions(bucket, prefix)
    .flatMap(([newest]) => (newest === undefined || newest.isDeleteMarker ? [] : [newest]))
    .filter(({ key }) => compareKeys(key, after) > 0);
  const page = objects.slice(0, maxKeys);
  const last = page.at(-1);
  const isTruncated = last !== undefined && page.length < objects.length;
  return document('ListBucketResult', [
    element('Name', bucket),
    element('Prefix', prefix),
    ...(startAfter === null ? [] : [element('StartAfter', startAfter)]),
    ...(token === null ? [] : [element('ContinuationToken', token)]),
    ...(isTruncated ? [element('NextContinuationToken', tokenOf(last.key))] : []),
    element('KeyCount', String(page.length)),
    element('MaxKeys', String(maxKeys)),
    element('IsTruncated', String(isTruncated)),
    ...page.map((object) => `<Contents>${objectFields(object).join('')}</Contents>`),
  ]);
}

/** ListObjectVersions, all in one page: the versions under a delete marker are seen here only. */
export function listVersions(store: S3Store, bucket: string, query: URLSearchParams): string {
  refuseUnknown(query, ['versions', 'prefix']);
  const prefix = query.get('prefix') ?? '';
  const entries = store.versions(bucket, prefix).flatMap((versions) =>
    versions.map((version, index) => {
      const ids = [
        element('VersionId', version.versionId),
        element('IsLatest', String(index === 0)),
      ];
      if (!version.isDeleteMarker) {
        return `<Version>${[...objectFields(version), ...ids].join('')}</Version>`;
      }
      const fields = [element('Key', version.key), element('LastModified', modified(version))];
      return `<DeleteMarker>${[...fields, ...ids].join('')}</DeleteMarker>`;
    }),
  );
  return document('ListVersionsResult', [
    element('Name', bucket),
    element('Prefix', prefix),
    element('MaxKeys', String(KEYS_MAX)),
    element('IsTruncated', 'false'),
    ...entries,
  ]);
}

export function errorDocument(error: AwsServiceError, requestId: string): string {
  const fields = { Code: error.name, Message: error.message, ...error.details };
  const elements = Object.entries({ ...fields, RequestId: requestId, HostId: 'local' });
  const body = elements.map(([name, text]) => element(name, text)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body}</Error>`;
}

function objectFields(object: ObjectVersion): string[] {
  return [
    element('Key', object.key),
    element('LastModified', modified(object)),
    element('ETag', object.etag),
    element('Size', String(object.bytes.length)),
    element('StorageClass', 'STANDARD'),
  ];
}

function modified({ modifiedAt }: ObjectVersion): string {
  return new Date(modifiedAt).toISOString();
}

function maxKeysOf(query: URLSearchParams): number {
  const text = query.get('max-keys') ?? String(KEYS_MAX);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 2 ** 31 - 1) {
    throw badArgument('max-keys', 'Provided max-keys not an integer or within integer range');
  }
  return Math.min(value, KEYS_MAX);
}

function tokenOf(key: string): string {
  return `1/${Buffer.from(key).toString('base64')}`;
}

function keyOf(token: string): string {
  if (!/^1\/[A-Za-z0-9+/]+=*$/.test(token)) {
    throw badArgument('continuation-token', 'The continuation token provided is incorrect');
  }
  return Buffer.from(token.slice(2), 'base64').toString();
}

function refuseUnknown(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => name !== 'x-id' && !known.includes(name));
  if (unknown === undefined) return;
  throw new AwsServiceError('NotImplemented', `This stand-in does not know ${unknown}.`, {
    status: 501,
  });
}

function badArgument(name: string, message: string): AwsServiceError {
  return new AwsServiceError('InvalidArgument', message, { details: { ArgumentName: name } });
}

function document(root: string, children: readonly string[]): string {
  return xmlDocument(root, { xmlns: XMLNS, children });
}
