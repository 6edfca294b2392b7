import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { AuditCopyTo } from '../config/audit-copy-config.ts';
import type { DatabaseConfig } from '../config/database-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import type { ConnectionStringsProps } from './connection-strings.ts';
import type { AuditKeyProps } from './audit-keys.ts';
import type { EncryptionKeys } from './encryption-keys.ts';
import type { EndpointService } from './interface-endpoints.ts';

/** A rotation for someone's own CDK app. Names, addresses and ARNs may be tokens of that app. */
export interface PasswordRotationProps extends EncryptionKeys, AuditKeyProps {
  /** Names the function (`lockstep-<name>`), the folder of the audit trail and the metrics. */
  readonly rotationName: string;

  /**
   * The secret to rotate: made in this app, or imported with its complete ARN. A secret can have one rotation only. Where
   * a customer's key encrypts it, import it with that key.
   */
  readonly secret: ISecret;

  /** The databases whose password it holds, one to eight. */
  readonly databases: readonly DatabaseConfig[];

  /** The vaults that are to hold the same, one to four. */
  readonly mirrors: readonly OciVaultConfig[];

  /**
   * Second secrets with connection strings, for applications that take a whole one.
   *
   * @default - none
   */
  readonly connectionStrings?: ConnectionStringsProps | undefined;

  /**
   * Where the CA files that databases name are looked for.
   *
   * @default - the working folder
   */
  readonly caFolder?: string | undefined;

  /**
   * Whether one user's password changes, or that of the user whose turn it is.
   *
   * @default 'single-user'
   */
  readonly strategy?: 'single-user' | 'alternating-users' | undefined;

  /**
   * The two users, where they alternate.
   *
   * @default - none
   */
  readonly users?: readonly [string, string] | undefined;

  /**
   * When the old password ends where it stays valid beside the new one, in whole hours after the rotation.
   *
   * @default - with the next rotation
   */
  readonly retireAfter?: Duration | undefined;

  /**
   * When to rotate, in UTC: `cron(0 3 1 * ? *)` or `rate(30 days)`.
   *
   * @default - only when someone calls RotateSecret
   */
  readonly scheduleExpression?: string | undefined;

  /**
   * The window after the scheduled time in which the rotation may begin, in hours: `2h`.
   *
   * @default - what Secrets Manager chooses: an hour, or the rest of the day in UTC
   */
  readonly scheduleDuration?: string | undefined;

  /**
   * How long each entry of the audit trail is locked.
   *
   * @default Duration.days(365)
   */
  readonly auditRetention?: Duration | undefined;

  /**
   * Who can delete an entry while it is locked: who may bypass governance, or nobody, not even the root user (compliance).
   *
   * @default 'governance'
   */
  readonly auditLockMode?: 'governance' | 'compliance' | undefined;

  /**
   * Where every entry of the audit trail is copied to, too: a bucket in OCI. The bucket and its policy exist beforehand.
   *
   * @default - the trail is in S3 alone
   */
  readonly auditCopyTo?: AuditCopyTo | undefined;

  /**
   * How long the function's log is kept.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays | undefined;

  /**
   * Memory in MB. CPU comes with it: with 128 MB the first call, which loads every driver, takes several times as long,
   * and each rotation begins with a first call.
   *
   * @default 512
   */
  readonly memorySizeMb?: number | undefined;

  /**
   * The time that a step has, 60 seconds to 15 minutes. Every call to a database or vault takes its deadline from it, with
   * enough held back to take a change back. Thirty seconds are too short in a VPC, and OCI Vault may be busy with a
   * secret for as long as that.
   *
   * @default Duration.seconds(180)
   */
  readonly timeout?: Duration | undefined;

  /**
   * Whether one execution is reserved for the function, so that Lambda refuses a second call while one runs and Secrets
   * Manager tries it again later. Every step is safe to run twice at once; what this ends are the moments between a look
   * and a change that no order of calls can close. An account whose limit leaves fewer than 100 unreserved cannot reserve.
   *
   * @default true
   */
  readonly oneAtATime?: boolean | undefined;

  /**
   * The VPC to run in: where the databases are reached.
   *
   * @default - none
   */
  readonly vpc?: IVpc | undefined;

  /**
   * The subnets of the VPC to run in.
   *
   * @default - its private subnets
   */
  readonly vpcSubnets?: SubnetSelection | undefined;

  /**
   * The function's security groups in the VPC.
   *
   * @default - one is made, which lets everything out and nothing in
   */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;

  /**
   * Interface endpoints to make in the VPC, for one without a way out.
   *
   * @default - none
   */
  readonly interfaceEndpoints?: readonly EndpointService[] | undefined;

  /**
   * The function's code.
   *
   * @default - lambda/handler.ts of this project, bundled, with the CA files
   */
  readonly code?: Code | undefined;

  /**
   * The code of the function that looks at the rotation for the command line.
   *
   * @default - lambda/inspector-handler.ts of this project, bundled, with the CA files
   */
  readonly inspectorCode?: Code | undefined;
}
