import { createHash, randomBytes } from 'node:crypto';
import { compareKeys } from '../aws/s3-store.ts';

/** One object of a bucket. */
export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

export interface ObjectPlace {
  readonly namespace: string;
  readonly bucket: string;
  readonly object: string;
}

/** An object as a listing tells of it. */
export interface ListedObject extends StoredObject {
  readonly name: string;
}

/** What a pre-authenticated request opens, and until when, in epoch milliseconds. */
interface PreauthenticatedRequest extends ObjectPlace {
  readonly endMs: number;
}

/** Objects of OCI Object Storage in memory, and the pre-authenticated requests that open them (ObjectRead). */
export class ObjectStorage {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  readonly #requests = new Map<string, PreauthenticatedRequest>();

  constructor(options: { readonly now: () => number }) {
    this.#now = options.now;
  }

  /** Makes the bucket too, where there is none. */
  put(place: ObjectPlace, bytes: Uint8Array, contentType = 'application/octet-stream'): void {
    const objects = this.#buckets.get(bucketKey(place)) ?? new Map<string, StoredObject>();
    this.#buckets.set(bucketKey(place), objects);
    const etag = createHash('md5').update(bytes).digest('hex');
    objects.set(place.object, { bytes: Buffer.from(bytes), contentType, etag });
  }

  /** `no-bucket` also stands for a namespace that is not there, and for a bucket that one may not see. */
  get(place: ObjectPlace): StoredObject | 'no-bucket' | 'no-object' {
    const objects = this.#buckets.get(bucketKey(place));
    if (objects === undefined) return 'no-bucket';
    return objects.get(place.object) ?? 'no-object';
  }

  /** Every object whose name begins with the prefix, in the order of their UTF-8 bytes. */
  list(
    place: Pick<ObjectPlace, 'namespace' | 'bucket'>,
    prefix: string,
  ): readonly ListedObject[] | 'no-bucket' {
    const objects = this.#buckets.get(bucketKey(place));
    if (objects === undefined) return 'no-bucket';
    return [...objects]
      .filter(([name]) => name.startsWith(prefix))
      .sort(([one], [other]) => compareKeys(one, other))
      .map(([name, object]) => ({ name, ...object }));
  }

  /** What someone with every right on the bucket can do. */
  delete(place: ObjectPlace): void {
    this.#buckets.get(bucketKey(place))?.delete(place.object);
  }

  createBucket(place: Pick<ObjectPlace, 'namespace' | 'bucket'>): void {
    this.#buckets.set(bucketKey(place), new Map());
  }

  /** Opens an object to whoever has the path that it returns: `/p/<token>/n/…`. */
  preauthenticate(place: ObjectPlace, endMs: number): string {
    const token = randomBytes(48).toString('base64url');
    this.#requests.set(token, { ...place, endMs });
    const [namespace, bucket, object] = [place.namespace, place.bucket, place.object].map((part) =>
      encodeURIComponent(part),
    );
    return `/p/${token}/n/${namespace}/b/${bucket}/o/${object}`;
  }

  /** Whether the token opens that object now. */
  opens(token: string, { namespace, bucket, object }: ObjectPlace): boolean {
    const request = this.#requests.get(token);
    return (
      request !== undefined &&
      request.endMs > this.#now() &&
      request.namespace === namespace &&
      request.bucket === bucket &&
      request.object === object
    );
  }
}

function bucketKey({ namespace, bucket }: Pick<ObjectPlace, 'namespace' | 'bucket'>): string {
  return JSON.stringify([namespace, bucket]);
}
