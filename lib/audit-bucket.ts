import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledgement.ts';

export interface AuditBucketProps {
  /** Folder of the audit trail in the bucket, ending in a slash. */
  readonly prefix: string;

  /** How long each entry is locked, from the moment it is written, in whole days. */
  readonly retention: Duration;

  /** Who can delete an entry before its time: who may bypass governance, or nobody. */
  readonly lockMode: 'governance' | 'compliance';

  /**
   * The customer's key that encrypts the entries.
   *
   * @default - S3's own key
   */
  readonly key?: IKey | undefined;
}

/**
 * The bucket that holds the audit trail of one rotation.
 *
 * Nobody can overwrite an entry: the bucket refuses every write that does not say `If-None-Match`. Nobody without the
 * right to bypass governance can delete one before its time, and in compliance mode nobody at all. The bucket, its policy and the trail outlive the stack.
 */
export class AuditBucket extends Bucket {
  readonly prefix: string;

  constructor(
    scope: Construct,
    id: string,
    { prefix, retention, lockMode, key }: AuditBucketProps,
  ) {
    super(scope, id, {
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention[lockMode](Duration.days(retention.toDays())),
      versioned: true,
      ...(key === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.prefix = prefix;
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'DenyOverwriting',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.arnForObjects('*')],
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    );
    this.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledge(
      this,
      'AwsSolutions-S1',
      'An access log would need a second bucket to guard. The entries prove themselves, and data events of CloudTrail tell who read them.',
    );
  }
}
