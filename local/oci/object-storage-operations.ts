import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpRequest } from '../aws/http-stand-in.ts';
import { AwsServiceError } from '../aws/service-error.ts';
import { requestId } from './answer.ts';
import type { ListedObject, ObjectPlace, ObjectStorage } from './object-storage.ts';
import { statusOf } from './service-error.ts';

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  BucketNotFound: 404,
  IfNoneMatchFailed: 412,
  InvalidObjectName: 400,
  ObjectNotFound: 404,
  UnmatchedContentMD5: 400,
};
const NAME_BYTES_MAX = 1_024;
/** "The maximum is 1000", which is also what a listing holds where nobody says (API reference, ListObjects). */
const LIMIT_MAX = 1_000;
const LIST_PARAMETERS = ['prefix', 'startAfter', 'limit', 'fields'];

export function getObject(storage: ObjectStorage, place: ObjectPlace): HttpAnswer {
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
  return { status: 200, headers: { 'content-type': contentType, etag, ...own() }, body: bytes };
}

/** Overwrites an object that is there, unless `if-none-match: *` says not to. */
export function putObject(
  storage: ObjectStorage,
  { place, request: { headers, body } }: { place: ObjectPlace; request: HttpRequest },
): HttpAnswer {
  const found = storage.get(place);
  if (found === 'no-bucket') throw bucketNotFound(place);
  checkName(place.object);
  checkCondition(headers['if-none-match'], { isThere: found !== 'no-object' });
  const md5 = md5Of(body);
  const told = headers['content-md5'];
  if (told !== undefined && told !== md5) {
    throw refusal(
      'UnmatchedContentMD5',
      `The computed MD5 of the request body (${md5}) does not match the Content-MD5 header (${String(told)})`,
    );
  }
  storage.put(place, body, headers['content-type']);
  return { status: 200, headers: { 'opc-content-md5': md5, ...own() }, body: '' };
}

/** Names in the order of their UTF-8 bytes; other fields where `fields` asks for them. */
export function listObjects(
  storage: ObjectStorage,
  { place, query }: { place: ObjectPlace; query: URLSearchParams },
): HttpAnswer {
  for (const name of query.keys()) {
    if (!LIST_PARAMETERS.includes(name)) throw refusal('InvalidParameter', `${name} is not known`);
  }
  const listed = storage.list(place, query.get('prefix') ?? '');
  if (listed === 'no-bucket') throw bucketNotFound(place);
  const [limit, fields] = [limitOf(query.get('limit')), fieldsOf(query.get('fields'))];
  const startAfter = Buffer.from(query.get('startAfter') ?? '');
  const rest = listed.filter(({ name }) => Buffer.compare(Buffer.from(name), startAfter) > 0);
  const next = rest[limit];
  return json(200, {
    objects: rest.slice(0, limit).map((object) => pick(object, fields)),
    prefixes: [],
    ...(next && { nextStartWith: next.name }),
  });
}

export function bucketNotFound({
  namespace,
  bucket,
}: Pick<ObjectPlace, 'namespace' | 'bucket'>): AwsServiceError {
  return refusal(
    'BucketNotFound',
    `Either the bucket named '${bucket}' does not exist in the namespace '${namespace}' or you are not authorized to access it`,
  );
}

export function refusal(code: string, message: string): AwsServiceError {
  return new AwsServiceError(code, message, { status: STATUS_BY_CODE[code] ?? statusOf(code) });
}

export function json(status: number, body: object): HttpAnswer {
  const headers = { 'content-type': 'application/json', ...own() };
  return { status, headers, body: JSON.stringify(body) };
}

function own(): Readonly<Record<string, string>> {
  return { 'opc-request-id': requestId(undefined) };
}

/** OCI, Object Names: 1 to 1,024 bytes of UTF-8, without line feed, carriage return and NUL. */
function checkName(name: string): void {
  if (Buffer.byteLength(name) > NAME_BYTES_MAX || /[\n\r\0]/.test(name)) {
    throw refusal('InvalidObjectName', 'The object name is not valid');
  }
}

function checkCondition(ifNoneMatch: string | undefined, { isThere }: { isThere: boolean }): void {
  if (ifNoneMatch === undefined) return;
  if (ifNoneMatch !== '*') throw refusal('InvalidParameter', 'if-none-match must be *');
  if (isThere) {
    throw refusal(
      'IfNoneMatchFailed',
      "The If-None-Match header is '*' and an object of that name exists",
    );
  }
}

function limitOf(text: string | null): number {
  if (text === null) return LIMIT_MAX;
  const limit = /^\d+$/.test(text) ? Number(text) : NaN;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw refusal('InvalidParameter', `limit must be 1 to ${LIMIT_MAX}`);
}

const FIELDS = {
  name: ({ name }: ListedObject): string => name,
  size: ({ bytes }: ListedObject): number => bytes.length,
  etag: ({ etag }: ListedObject): string => etag,
  md5: ({ bytes }: ListedObject): string => md5Of(bytes),
};
type Field = keyof typeof FIELDS;

function fieldsOf(text: string | null): readonly Field[] {
  const asked = text === null ? [] : text.split(',');
  const unknown = asked.find((field) => !Object.hasOwn(FIELDS, field));
  if (unknown !== undefined) throw refusal('InvalidParameter', `the field ${unknown} is not known`);
  return ['name', ...asked.filter((field): field is Field => field !== 'name')];
}

function pick(object: ListedObject, fields: readonly Field[]): object {
  return Object.fromEntries(fields.map((field) => [field, FIELDS[field](object)]));
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}
