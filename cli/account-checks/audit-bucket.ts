import { GetBucketPolicyCommand, GetObjectLockConfigurationCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ok, wrong, type Finding } from '../../lambda/inspection/finding.ts';
import { isMissing, look, type Account } from './account.ts';

const LOCK = 'audit-lock';
const OVERWRITING = 'audit-overwriting';

/** A retention of a year or more may be given in years; one of them is said. */
interface Retention {
  readonly Mode?: string | undefined;
  readonly Days?: number | undefined;
  readonly Years?: number | undefined;
}

const Statement = z.looseObject({
  Effect: z.string(),
  Principal: z.unknown(),
  Action: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
const Policy = z.object({ Statement: z.array(Statement) });

/**
 * Whether the audit trail's bucket keeps entries from being deleted and overwritten. With object lock a bucket keeps versions
 * too (S3 User Guide). Needs s3:GetBucketObjectLockConfiguration and s3:GetBucketPolicy.
 */
export async function auditBucket(account: Account): Promise<readonly Finding[]> {
  const { bucket } = account.target.config.audit;
  const right = (action: string): string => `${action} on the bucket ${bucket}`;
  const looks = [
    look(
      account,
      { check: LOCK, subject: bucket, right: right('s3:GetBucketObjectLockConfiguration') },
      async () => [judgeLock(bucket, await readRetention(account, bucket))],
    ),
    look(
      account,
      { check: OVERWRITING, subject: bucket, right: right('s3:GetBucketPolicy') },
      async () => [judgeBucketPolicy(bucket, await readPolicy(account, bucket))],
    ),
  ];
  return (await Promise.all(looks)).flat();
}

async function readRetention({ s3 }: Account, bucket: string): Promise<Retention | undefined> {
  try {
    const { ObjectLockConfiguration: lock } = await s3.send(
      new GetObjectLockConfigurationCommand({ Bucket: bucket }),
    );
    return lock?.Rule?.DefaultRetention;
  } catch (error) {
    if (isMissing(error, 'ObjectLockConfigurationNotFoundError')) return undefined;
    throw error;
  }
}

async function readPolicy({ s3 }: Account, bucket: string): Promise<string | undefined> {
  try {
    return (await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy;
  } catch (error) {
    if (isMissing(error, 'NoSuchBucketPolicy')) return undefined;
    throw error;
  }
}

/** @param retention of every new object; left out: none */
export function judgeLock(bucket: string, retention: Retention | undefined): Finding {
  if (retention?.Mode === undefined) {
    return wrong('failure', {
      check: LOCK,
      subject: bucket,
      found: 'entries are not locked, so that who may write to the bucket can delete them',
      remedy: `deploy the rotation again, or aws s3api put-object-lock-configuration --bucket ${bucket} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Days":365}}}'`,
    });
  }
  const { Mode: mode, Days: days, Years: years } = retention;
  const span = years === undefined ? `${days ?? 0} days` : `${years} years`;
  const who =
    mode === 'COMPLIANCE'
      ? 'nobody can delete one earlier'
      : 'only who may bypass governance can delete one earlier';
  return ok(LOCK, bucket, `entries are locked for ${span}; ${who}`);
}

/** Without the statement an entry can be hidden under a later version of its key. */
export function judgeBucketPolicy(bucket: string, text: string | undefined): Finding {
  if (parseStatements(text).some(deniesOverwriting)) {
    return ok(OVERWRITING, bucket, 'the bucket refuses a write that could overwrite an entry');
  }
  return wrong('warning', {
    check: OVERWRITING,
    subject: bucket,
    found: 'the bucket takes writes without If-None-Match, so that an entry can be overwritten',
    remedy: 'deploy the rotation again, which puts the statement DenyOverwriting into its policy',
  });
}

function parseStatements(text: string | undefined): readonly z.infer<typeof Statement>[] {
  try {
    return Policy.parse(JSON.parse(text ?? '')).Statement;
  } catch {
    return [];
  }
}

function deniesOverwriting({
  Effect: effect,
  Action: action = [],
  Condition: { Null: absent = {} },
}: z.infer<typeof Statement>): boolean {
  const isOfPuts = [action].flat().some((one) => ['s3:PutObject', 's3:*', '*'].includes(one));
  return effect === 'Deny' && isOfPuts && String(absent['s3:if-none-match']) === 'true';
}
