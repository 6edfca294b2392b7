import type { ObjectVersion, S3Store } from '../aws/s3-store.ts';
import { AUDIT_BUCKET } from '../clouds/vaults.ts';
import { auditObjects } from './traces.ts';

/**
 * An audit trail of many rotations in a few seconds. Before each step the function counts the refused logins of the last
 * day; so that every rotation has a day of its own, all objects but the newest entry are put aside after it.
 */
export class LongTrail {
  readonly #buckets: S3Store;
  readonly #aside = new Map<string, ObjectVersion>();

  constructor(buckets: S3Store) {
    this.#buckets = buckets;
  }

  ageByADay(): void {
    const objects = auditObjects(this.#buckets);
    for (const object of objects) this.#aside.set(object.key, object);
    this.#replace(objects.slice(-1));
  }

  /** Puts the whole trail in place again. */
  restore(): void {
    this.ageByADay();
    this.#replace([...this.#aside.values()]);
  }

  #replace(objects: readonly ObjectVersion[]): void {
    this.#buckets.createBucket(this.#buckets.bucketOptions(AUDIT_BUCKET));
    for (const { key, ...object } of objects) this.#buckets.put(AUDIT_BUCKET, key, object);
  }
}
