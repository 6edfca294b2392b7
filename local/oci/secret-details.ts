import { z } from 'zod';
import { OciServiceError } from './service-error.ts';

const reuseRule = z.object({
  ruleType: z.literal('SECRET_REUSE_RULE'),
  isEnforcedOnDeletedSecretVersions: z.boolean().optional(),
});

const expiryRule = z.object({
  ruleType: z.literal('SECRET_EXPIRY_RULE'),
  secretVersionExpiryInterval: z.string().optional(),
  timeOfAbsoluteExpiry: z.string().optional(),
  isSecretContentRetrievalBlockedOnExpiry: z.boolean().optional(),
});

const rotationConfig = z.looseObject({
  isScheduledRotationEnabled: z.boolean().optional(),
  rotationInterval: z.string().optional(),
});

const content = z.object({
  contentType: z.literal('BASE64'),
  content: z.string(),
  name: z.string().optional(),
});

const common = {
  description: z.string().optional(),
  freeformTags: z.record(z.string(), z.string()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  secretRules: z.array(z.discriminatedUnion('ruleType', [reuseRule, expiryRule])).optional(),
  rotationConfig: rotationConfig.optional(),
};

/** CreateSecretDetails. Only CURRENT can be asked for (OCI API reference, SecretContentDetails). */
export const createSecretDetails = z.object({
  ...common,
  compartmentId: z.string(),
  vaultId: z.string(),
  keyId: z.string(),
  secretName: z.string(),
  secretContent: content.extend({ stage: z.literal('CURRENT').optional() }),
});

/** UpdateSecretDetails. A `stage` left out means CURRENT (OCI API reference, SecretContentDetails). */
export const updateSecretDetails = z.object({
  ...common,
  currentVersionNumber: z.int().positive().optional(),
  secretContent: content.extend({ stage: z.enum(['CURRENT', 'PENDING']).optional() }).optional(),
});

/** ScheduleSecretDeletionDetails and ScheduleSecretVersionDeletionDetails. */
export const scheduleDeletionDetails = z.object({
  timeOfDeletion: z.iso.datetime({ offset: true }).optional(),
});

export type SecretRule = z.infer<typeof reuseRule> | z.infer<typeof expiryRule>;
export type RotationConfig = z.infer<typeof rotationConfig>;
export type CreateSecretDetails = z.infer<typeof createSecretDetails>;
export type UpdateSecretDetails = z.infer<typeof updateSecretDetails>;
export type SecretContent = NonNullable<UpdateSecretDetails['secretContent']>;
export type ScheduleDeletionDetails = z.infer<typeof scheduleDeletionDetails>;

/**
 * Parses a request body. An empty one counts as `{}`: that is what the SDK makes of `{}`.
 *
 * @throws OciServiceError CannotParseRequest or InvalidParameter; neither quotes the body.
 */
export function parseDetails<T>(schema: z.ZodType<T>, body: string): T {
  const result = schema.safeParse(parseJson(body === '' ? '{}' : body));
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.join('.') ?? '';
  throw new OciServiceError('InvalidParameter', `${path || 'the body'} is missing or not valid`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OciServiceError('CannotParseRequest', 'the body is not valid JSON');
  }
}
