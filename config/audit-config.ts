import * as z from 'zod';
import { AuditCopyTo } from './audit-copy-config.ts';
import { KmsKeyArn } from './primitives.ts';

/** A trail outlives a few keys; a former one is listed for as long as entries that it signed are to be verified. */
const FORMER_KEYS_MAX = 8;

const KeyParameter = z
  .string()
  .regex(/^\/[A-Za-z0-9_.\/-]+$/, 'the full name of an SSM parameter')
  .describe('An SSM SecureString of at least 32 bytes, made once and never overwritten.');

const KeyArn = KmsKeyArn.describe(
  'An HMAC_256 key of KMS, in the region of the function. The key never leaves KMS.',
);

/** The keys of a trail, flat beside what else is said of it. `checkAuditKeys` says what they must be together. */
export const auditKeyFields = {
  keyParameter: KeyParameter.optional(),
  keyArn: KeyArn.optional(),
  formerKeys: z
    .array(
      z.union([z.strictObject({ keyParameter: KeyParameter }), z.strictObject({ keyArn: KeyArn })]),
    )
    .min(1)
    .max(FORMER_KEYS_MAX)
    .optional()
    .describe(
      'Keys that signed earlier entries. They verify and sign nothing. Older versions of keyParameter are known without.',
    ),
};

export interface AuditKeys {
  readonly keyParameter?: string | undefined;
  readonly keyArn?: string | undefined;
  readonly formerKeys?:
    readonly ({ readonly keyParameter: string } | { readonly keyArn: string })[] | undefined;
}

/** What the keys of a trail must be together. */
export function checkAuditKeys(keys: AuditKeys, check: z.RefinementCtx): void {
  const { keyParameter, keyArn, formerKeys = [] } = keys;
  const issue = (path: string, message: string): void => {
    check.addIssue({ code: 'custom', path: [path], message });
  };
  if ((keyParameter === undefined) === (keyArn === undefined)) {
    issue('keyParameter', 'either keyParameter or keyArn');
  }
  const formerParameters = formerKeys.filter((key) => 'keyParameter' in key).length;
  // An entry names the version of a parameter, not the parameter.
  if (formerParameters > (keyParameter === undefined ? 1 : 0)) {
    issue('formerKeys', 'one keyParameter at most, the present one included');
  }
  const arns = formerKeys.flatMap((key) => ('keyArn' in key ? [key.keyArn] : []));
  const known = keyArn === undefined ? arns : [keyArn, ...arns];
  if (new Set(known).size < known.length) issue('formerKeys', 'each key once');
}

/** Where the audit trail is kept and which key signs it. */
export const AuditConfig = z
  .strictObject({
    bucket: z.string().min(1),
    prefix: z
      .string()
      .regex(/^([A-Za-z0-9_-]+\/)+$/, 'folders of letters, digits, _ and -, ending in /'),
    ...auditKeyFields,
    copyTo: AuditCopyTo.optional(),
  })
  .superRefine(checkAuditKeys);

export type AuditConfig = z.infer<typeof AuditConfig>;
