import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface AuditBucketProps {
  /** Folder of the audit trail in the bucket, ending in a slash. */
  readonly prefix: string;

  /** How long each entry is locked, from the moment it is written. */
  readonly retentionDays: number;
}

/**
 * The bucket that holds the audit trail of one rotation.
 *
 * Nobody can overwrite an entry: the bucket refuses every write that does not say `If-None-Match`. Nobody without the
 * right to bypass governance can delete one before its time. The bucket, its policy and the trail outlive the stack.
 */
export class AuditBucket extends Bucket {
  readonly prefix: string;

  constructor(scope: Construct, id: string, { prefix, retentionDays }: AuditBucketProps) {
    super(scope, id, {
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(retentionDays)),
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
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
  }
}
