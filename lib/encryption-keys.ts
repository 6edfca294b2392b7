import type { IKey } from 'aws-cdk-lib/aws-kms';

/**
 * The customer's keys that a rotation uses. The function may use each through one service only, and for the named things
 * only (the encryption context). Where a key was not made in this app, its own policy must allow the same; the rotated
 * secret's key is that of the secret.
 */
export interface EncryptionKeys {
  /**
   * Encrypts the audit trail. The function may use it for this bucket only.
   *
   * @default - S3's own key
   */
  readonly auditBucketKey?: IKey | undefined;

  /**
   * Encrypts the parameter with the audit key.
   *
   * @default - the AWS managed key of SSM
   */
  readonly auditKeyParameterKey?: IKey | undefined;

  /**
   * Encrypts the secrets that the function signs in with: OCI API keys or OAuth clients, wallets and their passwords, superusers.
   *
   * @default - the AWS managed key of Secrets Manager
   */
  readonly credentialSecretsKey?: IKey | undefined;

  /**
   * Encrypts the wallets that are kept in S3.
   *
   * @default - S3's own key
   */
  readonly walletsKey?: IKey | undefined;

  /**
   * Encrypts the function's log. Its policy must let CloudWatch Logs use it for the log group.
   *
   * @default - CloudWatch's own key
   */
  readonly logKey?: IKey | undefined;

  /**
   * Encrypts the function's environment, which holds addresses and names.
   *
   * @default - Lambda's own key
   */
  readonly environmentKey?: IKey | undefined;
}
