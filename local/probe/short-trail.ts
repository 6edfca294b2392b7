import type { S3Store } from '../aws/s3-store.ts';
import { ROTATION } from '../clouds/rotation-entry.ts';
import { AUDIT_BUCKET } from '../clouds/vaults.ts';

/**
 * Puts aside all audit entries but the newest. Before each step the function reads the entries of the last day; rotations
 * that are a month apart would not find each other's, and these are to take as long as those.
 */
export function forgetOldEntries(buckets: S3Store): void {
  // Keys sort newest first.
  const [newest] = buckets
    .versions(AUDIT_BUCKET, `lockstep/${ROTATION}/`)
    .flatMap((versions) => versions.slice(-1));
  if (newest === undefined) return;
  const { key, ...object } = newest;
  buckets.createBucket(buckets.bucketOptions(AUDIT_BUCKET));
  buckets.put(AUDIT_BUCKET, key, object);
}
