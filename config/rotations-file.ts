import * as z from 'zod';
import { checkConnectionStrings, connectionStringsFields } from './connection-strings-config.ts';
import { auditKeyFields, checkAuditKeys } from './audit-config.ts';
import { AuditCopyTo, checkAuditCopyTo } from './audit-copy-config.ts';
import { DatabaseConfig } from './database-config.ts';
import { checkStrategy, DATABASES_MAX, MIRRORS_MAX, strategyFields } from './function-config.ts';
import { OciVaultConfig } from './mirror-config.ts';
import { KmsKeyArn, Name, SecretArn } from './primitives.ts';
import { checkWalletMirrors } from './wallet-config.ts';

const Vpc = z.strictObject({
  vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'a VPC id'),
  availabilityZones: z.array(z.string().min(1)).min(1),
  subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'a subnet id')).min(1),
  securityGroupIds: z.array(z.string().regex(/^sg-[0-9a-f]+$/, 'a security group id')).min(1),
  interfaceEndpoints: z
    .array(z.enum(['secretsmanager', 'ssm', 's3', 'kms', 'sts']))
    .min(1)
    .optional()
    .describe(
      'Interface endpoints to make in the VPC, for a VPC without a way out. A VPC takes one of each: leave out what it has.',
    ),
});

const Schedule = z.strictObject({
  expression: z
    .string()
    .regex(/^(cron|rate)\(.+\)$/, 'cron(…) or rate(…) as Secrets Manager takes it, in UTC'),
  duration: z
    .string()
    .regex(/^\d{1,2}h$/, 'hours, such as 2h')
    .optional(),
});

/** SNS takes a topic of its own region only, and no FIFO topic from CloudWatch. */
const TopicArn = z
  .string()
  .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/, 'the ARN of a standard SNS topic');

const EMAILS_MAX = 10;

const Alarms = z
  .strictObject({
    topicArn: TopicArn.optional().describe(
      'An SNS topic whose policy lets cloudwatch.amazonaws.com and events.amazonaws.com publish.',
    ),
    emails: z
      .array(z.email())
      .min(1)
      .max(EMAILS_MAX)
      .optional()
      .describe('A topic is made for these; each has to confirm once.'),
    topicKmsKeyArn: KmsKeyArn.optional().describe(
      'Encrypts the topic that is made. Its policy must let both services use it; the AWS managed key cannot.',
    ),
    secretAgeDaysMax: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'The secret is too old after so many days; the longest gap of the schedule and a day if left out.',
      ),
    dashboard: z.boolean().default(true),
  })
  .refine(
    ({ topicArn, emails }) => (topicArn === undefined) !== (emails === undefined),
    'either topicArn or emails',
  )
  .refine(
    ({ topicKmsKeyArn, emails }) => topicKmsKeyArn === undefined || emails !== undefined,
    'topicKmsKeyArn is for the topic that is made for emails',
  );

const ConnectionStrings = z.strictObject({
  ...connectionStringsFields,
  secretKmsKeyArn: KmsKeyArn.optional().describe("The customer's key that encrypts secretArn."),
});
const Audit = z
  .strictObject({
    ...auditKeyFields,
    keyParameterKmsKeyArn: KmsKeyArn.optional().describe(
      "The customer's key that encrypts keyParameter, the present one or a former one.",
    ),
    bucketKmsKeyArn: KmsKeyArn.optional().describe(
      "The customer's key that encrypts the audit trail; that of S3 if left out.",
    ),
    retentionDays: z.int().min(1).max(3650).default(365),
    lockMode: z
      .enum(['governance', 'compliance'])
      .default('governance')
      .describe(
        'Who can delete an entry before its time: who may bypass governance, or nobody, not even the root user (compliance).',
      ),
    copyTo: AuditCopyTo.optional().describe(
      'Where every entry is copied to, too. The trail stays the one in S3: a copy that fails stops nothing.',
    ),
  })
  .superRefine(checkAuditKeys)
  .refine(
    ({ keyParameter, keyParameterKmsKeyArn: key, formerKeys = [] }) =>
      key === undefined ||
      keyParameter !== undefined ||
      formerKeys.some((former) => 'keyParameter' in former),
    'keyParameterKmsKeyArn is for a keyParameter',
  );

const RotationFields = z.strictObject({
  name: Name.describe('Names the stack, the function and the audit prefix.'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'an AWS account id')
    .optional(),
  region: z.string().min(1).optional(),
  secretArn: SecretArn,
  secretKmsKeyArn: KmsKeyArn.optional().describe("The customer's key that encrypts the secret."),
  ...strategyFields,
  databases: z.array(DatabaseConfig).min(1).max(DATABASES_MAX),
  mirrors: z.array(OciVaultConfig).min(1).max(MIRRORS_MAX),
  connectionStrings: ConnectionStrings.optional().describe(
    'Second secrets, at least one, that hold connection strings with the credential and are published with it.',
  ),
  audit: Audit,
  credentialSecretsKmsKeyArn: KmsKeyArn.optional().describe(
    'The key that encrypts the secrets with the OCI API key or OAuth client, the wallet and its password, where it is not the default one.',
  ),
  walletsKmsKeyArn: KmsKeyArn.optional().describe(
    "The customer's key that encrypts wallets in S3; that of S3 if left out.",
  ),
  logKmsKeyArn: KmsKeyArn.optional().describe(
    "The customer's key that encrypts the log. Its policy must let CloudWatch Logs use it for the log group.",
  ),
  environmentKmsKeyArn: KmsKeyArn.optional().describe(
    "The customer's key that encrypts the function's environment, which holds no secret.",
  ),
  schedule: Schedule.optional().describe('Left out: rotated on request only.'),
  vpc: Vpc.optional(),
  alarms: Alarms.optional().describe('Left out: nobody is told of a failed rotation.'),
  timeoutSeconds: z.int().min(60).max(900).default(180),
  memoryMb: z.int().min(256).max(3008).default(512),
  oneAtATime: z
    .boolean()
    .default(true)
    .describe(
      'Reserves one execution for the function, so that no two calls of a rotation overlap. false where the account has none to reserve: Lambda keeps 100 of its limit unreserved.',
    ),
});

/** One rotation as it stands in rotations.json: one secret, one function, one stack. */
export const RotationEntry = RotationFields.superRefine(checkStrategy)
  .superRefine(checkConnectionStrings)
  .superRefine(checkWalletMirrors)
  .superRefine(checkAuditCopyTo);

export const RotationsFile = z
  .strictObject({ $schema: z.string().optional(), rotations: z.array(RotationEntry).min(1) })
  .refine(
    ({ rotations }) => new Set(rotations.map(({ name }) => name)).size === rotations.length,
    'rotations must have different names',
  )
  .refine(
    ({ rotations }) =>
      new Set(rotations.flatMap(secretsOf)).size === rotations.flatMap(secretsOf).length,
    'a secret can have one rotation only',
  );

/** The secrets of AWS that a rotation writes. */
function secretsOf({ secretArn, connectionStrings }: z.infer<typeof RotationFields>): string[] {
  const second = connectionStrings?.secretArn;
  return second === undefined ? [secretArn] : [secretArn, second];
}

export type RotationEntry = z.infer<typeof RotationEntry>;
export type RotationsFile = z.infer<typeof RotationsFile>;
