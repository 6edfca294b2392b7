import type { BucketOptions } from './s3-store.ts';
import { AwsServiceError } from './service-error.ts';
import { element, xmlDocument } from './xml.ts';

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** GetObjectLockConfiguration. @throws AwsServiceError for a bucket without object lock */
export function objectLockConfiguration({
  name,
  retentionDays,
  lockMode = 'COMPLIANCE',
}: BucketOptions): string {
  if (retentionDays === undefined) {
    throw new AwsServiceError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      { status: 404, details: { BucketName: name } },
    );
  }
  const retention = [element('Mode', lockMode), element('Days', String(retentionDays))].join('');
  return xmlDocument('ObjectLockConfiguration', {
    xmlns: XMLNS,
    children: [
      element('ObjectLockEnabled', 'Enabled'),
      `<Rule><DefaultRetention>${retention}</DefaultRetention></Rule>`,
    ],
  });
}

/** GetBucketPolicy, in the form of a template's. @throws AwsServiceError for a bucket without one */
export function bucketPolicy({ name, requireIfNoneMatch = false }: BucketOptions): string {
  if (!requireIfNoneMatch) {
    throw new AwsServiceError('NoSuchBucketPolicy', 'The bucket policy does not exist', {
      status: 404,
      details: { BucketName: name },
    });
  }
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'DenyOverwriting',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${name}/*`,
        Condition: { Null: { 's3:if-none-match': 'true' } },
      },
    ],
  });
}
