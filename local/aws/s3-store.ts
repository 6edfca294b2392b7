import { createHash } from 'node:crypto';
import type { Checksum } from './s3-body.ts';
import { AwsServiceError } from './service-error.ts';

export interface BucketOptions {
  readonly name: string;
  /** As with a bucket policy that denies a put without `If-None-Match: *`. @default false */
  readonly requireIfNoneMatch?: boolean;
  /** Object Lock's default retention. @default no version is locked by default */
  readonly retentionDays?: number;
  /** What is shown of its mode. Nobody has the right to bypass governance here. @default COMPLIANCE */
  readonly lockMode?: 'GOVERNANCE' | 'COMPLIANCE';
}

export interface NewObject {
  readonly bytes: Buffer;
  readonly checksum: Checksum | undefined;
  /** Content type and user metadata, as response headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds; longer than the bucket's default. */
  readonly retainUntil?: number | undefined;
}

export interface ObjectVersion extends NewObject {
  readonly key: string;
  readonly versionId: string;
  readonly modifiedAt: number;
  readonly isDeleteMarker: boolean;
  /** With its quotation marks. */
  readonly etag: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Versioned buckets in memory. A key's versions are kept in the order they were written; deleting a key
 * without a version id puts a delete marker on top, deleting a locked version is refused.
 */
export class S3Store {
  readonly #buckets = new Map<
    string,
    { options: BucketOptions; keys: Map<string, ObjectVersion[]> }
  >();
  readonly #now: () => number;
  #written = 0;

  constructor(options: { now(): number; buckets?: readonly BucketOptions[] }) {
    this.#now = (): number => options.now();
    for (const bucket of options.buckets ?? []) this.createBucket(bucket);
  }

  createBucket(options: BucketOptions): void {
    this.#buckets.set(options.name, { options, keys: new Map() });
  }

  bucketOptions(bucket: string): BucketOptions {
    return this.#bucket(bucket).options;
  }

  put(bucket: string, key: string, object: NewObject): ObjectVersion {
    const { retentionDays } = this.bucketOptions(bucket);
    const byDefault =
      retentionDays === undefined ? undefined : this.#now() + retentionDays * DAY_MS;
    return this.#write(bucket, {
      ...object,
      key,
      isDeleteMarker: false,
      etag: `"${createHash('md5').update(object.bytes).digest('hex')}"`,
      retainUntil: object.retainUntil ?? byDefault,
    });
  }

  /** The newest version, or the one asked for; `undefined` under a delete marker. */
  current(bucket: string, key: string): ObjectVersion | undefined {
    const newest = this.#bucket(bucket).keys.get(key)?.at(-1);
    return newest?.isDeleteMarker === true ? undefined : newest;
  }

  /** @throws {AwsServiceError} NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker. */
  get(bucket: string, key: string, versionId?: string): ObjectVersion {
    if (versionId === undefined) {
      const current = this.current(bucket, key);
      if (current !== undefined) return current;
      throw missing('NoSuchKey', 'The specified key does not exist.', { Key: key });
    }
    const version = this.#find(bucket, key, versionId);
    if (version === undefined) {
      const details = { Key: key, VersionId: versionId };
      throw missing('NoSuchVersion', 'The specified version does not exist.', details);
    }
    if (version.isDeleteMarker) {
      throw new AwsServiceError(
        'MethodNotAllowed',
        'The specified method is not allowed against this resource.',
        { status: 405, details: { Method: 'GET', ResourceType: 'DeleteMarker' } },
      );
    }
    return version;
  }

  /** The delete marker that was made, or the version that is gone; `undefined` if there was none of that id. */
  delete(bucket: string, key: string, versionId?: string): ObjectVersion | undefined {
    if (versionId === undefined) {
      return this.#write(bucket, {
        key,
        isDeleteMarker: true,
        etag: '',
        bytes: Buffer.alloc(0),
        checksum: undefined,
        headers: {},
      });
    }
    const version = this.#find(bucket, key, versionId);
    if (version?.retainUntil !== undefined && version.retainUntil > this.#now()) {
      throw new AwsServiceError(
        'AccessDenied',
        'Access Denied because object protected by object lock.',
        { status: 403 },
      );
    }
    const { keys } = this.#bucket(bucket);
    const rest = (keys.get(key) ?? []).filter((other) => other !== version);
    if (rest.length === 0) keys.delete(key);
    else keys.set(key, rest);
    return version;
  }

  /** Every key with the prefix, in the order of their UTF-8 bytes, each with its versions, newest first. */
  versions(bucket: string, prefix: string): ObjectVersion[][] {
    return [...this.#bucket(bucket).keys]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([one], [other]) => compareKeys(one, other))
      .map(([, versions]) => versions.toReversed());
  }

  #write(bucket: string, version: Omit<ObjectVersion, 'versionId' | 'modifiedAt'>): ObjectVersion {
    const { keys } = this.#bucket(bucket);
    this.#written += 1;
    const versionId = String(this.#written).padStart(32, '0');
    const written = { ...version, versionId, modifiedAt: this.#now() };
    keys.set(version.key, [...(keys.get(version.key) ?? []), written]);
    return written;
  }

  #find(bucket: string, key: string, versionId: string): ObjectVersion | undefined {
    const versions = this.#bucket(bucket).keys.get(key) ?? [];
    return versions.find((version) => version.versionId === versionId);
  }

  #bucket(name: string): { options: BucketOptions; keys: Map<string, ObjectVersion[]> } {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) return bucket;
    throw missing('NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
  }
}

/** S3 lists keys by their UTF-8 bytes, which is not the order of JavaScript's strings. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function missing(
  name: string,
  message: string,
  details: Readonly<Record<string, string>>,
): AwsServiceError {
  return new AwsServiceError(name, message, { status: 404, details });
}
