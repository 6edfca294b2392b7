import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { HttpRequest } from './http-stand-in.ts';
import { AwsServiceError } from './service-error.ts';

export interface Checksum {
  /** As in the header's name: `crc32`, `sha256`, … */
  readonly algorithm: string;
  /** Base64. */
  readonly value: string;
}

export interface S3Body {
  readonly bytes: Buffer;
  readonly checksum: Checksum | undefined;
  /** Whether the upload carries a checksum or Content-MD5, which Object Lock demands. */
  readonly isChecked: boolean;
}

const CHECKSUM_HEADER = /^x-amz-checksum-(?!type$|mode$|algorithm$)(\w+)$/;

/** CRC32C and CRC64NVME are taken on trust: Node has neither, and the SDK's default is CRC32. */
const CALCULATED: Readonly<Record<string, (bytes: Buffer) => string>> = {
  crc32: (bytes) => {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(crc32(bytes));
    return value.toString('base64');
  },
  sha1: (bytes) => createHash('sha1').update(bytes).digest('base64'),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('base64'),
};

/**
 * The object in a PutObject request. The SDK sends a string or buffer as it is, its CRC32 in a header, and a
 * stream in the aws-chunked encoding, its CRC32 in a trailer.
 *
 * @throws {AwsServiceError} when the length or a digest does not match what arrived, as S3 does
 *   (texts recorded on 2026-02-21, LocalStack's `test_s3_api.snapshot.json`).
 */
export function readBody({ headers, body }: HttpRequest): S3Body {
  const payloadHash = String(headers['x-amz-content-sha256'] ?? '');
  const isChunked = payloadHash.startsWith('STREAMING-');
  const { bytes, trailers } = isChunked ? decodeChunks(body) : { bytes: body, trailers: [] };
  if (isChunked && String(bytes.length) !== headers['x-amz-decoded-content-length']) {
    throw incomplete();
  }
  const [checksum] = [...Object.entries(headers), ...trailers].flatMap(([name, value]) => {
    const algorithm = CHECKSUM_HEADER.exec(name)?.[1];
    return algorithm === undefined ? [] : [{ algorithm, value: String(value) }];
  });
  checkDigests(bytes, { checksum, md5: headers['content-md5'], payloadHash });
  return { bytes, checksum, isChecked: checksum !== undefined || 'content-md5' in headers };
}

function checkDigests(
  bytes: Buffer,
  given: {
    checksum: Checksum | undefined;
    md5: string | string[] | undefined;
    payloadHash: string;
  },
): void {
  const { checksum, md5, payloadHash } = given;
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) {
    throw badDigest('The Content-MD5 you specified did not match what we received.');
  }
  const calculated = CALCULATED[checksum?.algorithm ?? '']?.(bytes);
  if (checksum !== undefined && calculated !== undefined && calculated !== checksum.value) {
    const algorithm = checksum.algorithm.toUpperCase();
    throw badDigest(`The ${algorithm} you specified did not match the calculated checksum.`);
  }
  const isHash = /^[0-9a-f]{64}$/.test(payloadHash);
  if (isHash && payloadHash !== createHash('sha256').update(bytes).digest('hex')) {
    throw new AwsServiceError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
}

/** aws-chunked, with or without chunk signatures: `size[;extension]`, data, …, `0`, trailers. */
function decodeChunks(body: Buffer): { bytes: Buffer; trailers: [string, string][] } {
  const chunks: Buffer[] = [];
  let position = 0;
  const line = (): string => {
    const end = body.indexOf('\r\n', position);
    if (end < 0) throw incomplete();
    const text = body.toString('latin1', position, end);
    position = end + 2;
    return text;
  };
  for (;;) {
    const size = /^[0-9a-fA-F]{1,8}(?=;|$)/.exec(line())?.[0];
    if (size === undefined) throw incomplete();
    const length = parseInt(size, 16);
    if (length === 0) break;
    chunks.push(body.subarray(position, position + length));
    position += length;
    if (line() !== '') throw incomplete();
  }
  const trailers: [string, string][] = [];
  for (let text = line(); text !== ''; text = line()) {
    const colon = text.indexOf(':');
    trailers.push([text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()]);
  }
  return { bytes: Buffer.concat(chunks), trailers };
}

function incomplete(): AwsServiceError {
  return new AwsServiceError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

function badDigest(message: string): AwsServiceError {
  return new AwsServiceError('BadDigest', message);
}
