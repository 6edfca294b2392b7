import { S3Store } from '../../local/aws/s3-store.ts';
import { forgetOldEntries } from '../../local/probe/short-trail.ts';

const BUCKET = 'lockstep-audit-example';

/** Keys sort newest first. */
function put(buckets: S3Store, key: string): void {
  buckets.put(BUCKET, key, { bytes: Buffer.from(key), checksum: undefined, headers: {} });
}

test('of the audit trail the newest entry stays, and the bucket as it was', () => {
  const options = { name: BUCKET, requireIfNoneMatch: true, retentionDays: 365 };
  const buckets = new S3Store({ now: () => 0, buckets: [options] });
  put(buckets, 'lockstep/orders/9-first');
  put(buckets, 'lockstep/orders/8-second');
  put(buckets, 'lockstep/orders/7-third');
  forgetOldEntries(buckets);
  const left = buckets.versions(BUCKET, '').flat();
  expect(left.map(({ key, bytes }) => [key, bytes.toString()])).toEqual([
    ['lockstep/orders/7-third', 'lockstep/orders/7-third'],
  ]);
  expect(buckets.bucketOptions(BUCKET)).toEqual(options);
});

test('a trail without entries stays empty', () => {
  const buckets = new S3Store({ now: () => 0, buckets: [{ name: BUCKET }] });
  forgetOldEntries(buckets);
  expect(buckets.versions(BUCKET, '')).toEqual([]);
});
