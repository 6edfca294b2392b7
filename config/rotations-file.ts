import * as z from 'zod';
import { DatabaseConfig } from './database-config.ts';
import { AuditConfig, DATABASES_MAX, MIRRORS_MAX } from './function-config.ts';
import { OciVaultConfig } from './mirror-config.ts';
import { Name, SecretArn } from './primitives.ts';

const KmsKeyArn = z
  .string()
  .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, 'the ARN of a KMS key');

const Vpc = z.strictObject({
  vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'a VPC id'),
  availabilityZones: z.array(z.string().min(1)).min(1),
  subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'a subnet id')).min(1),
  securityGroupIds: z.array(z.string().regex(/^sg-[0-9a-f]+$/, 'a security group id')).min(1),
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

/** One rotation as it stands in rotations.json: one secret, one function, one stack. */
export const RotationEntry = z.strictObject({
  name: Name.describe('Names the stack, the function and the audit prefix.'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'an AWS account id')
    .optional(),
  region: z.string().min(1).optional(),
  secretArn: SecretArn,
  secretKmsKeyArn: KmsKeyArn.optional().describe("The customer's key that encrypts the secret."),
  strategy: z.literal('single-user').default('single-user'),
  databases: z.array(DatabaseConfig).min(1).max(DATABASES_MAX),
  mirrors: z.array(OciVaultConfig).min(1).max(MIRRORS_MAX),
  audit: z.strictObject({
    keyParameter: AuditConfig.shape.keyParameter,
    keyParameterKmsKeyArn: KmsKeyArn.optional(),
    retentionDays: z.int().min(1).max(3650).default(365),
  }),
  credentialSecretsKmsKeyArn: KmsKeyArn.optional().describe(
    'The key that encrypts the secrets with the OCI API key and the wallet, where it is not the default one.',
  ),
  schedule: Schedule.optional().describe('Left out: rotated on request only.'),
  vpc: Vpc.optional(),
  timeoutSeconds: z.int().min(60).max(900).default(180),
  memoryMb: z.int().min(256).max(3008).default(512),
});

export const RotationsFile = z
  .strictObject({ $schema: z.string().optional(), rotations: z.array(RotationEntry).min(1) })
  .refine(
    ({ rotations }) => new Set(rotations.map(({ name }) => name)).size === rotations.length,
    'rotations must have different names',
  )
  .refine(
    ({ rotations }) => new Set(rotations.map((one) => one.secretArn)).size === rotations.length,
    'a secret can have one rotation only',
  );

export type RotationEntry = z.infer<typeof RotationEntry>;
export type RotationsFile = z.infer<typeof RotationsFile>;
