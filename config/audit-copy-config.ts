import * as z from 'zod';
import type { OciVaultConfig } from './mirror-config.ts';
import { Name, OciBucket, OciNamespace, OciRegion } from './primitives.ts';

/** Where the entries of the audit trail are copied to. */
export const AuditCopyTo = z.strictObject({
  ociObjectStorage: z.strictObject({
    mirror: Name.describe('The mirror whose access to OCI puts the copies there.'),
    namespace: OciNamespace,
    bucket: OciBucket,
    region: OciRegion.optional().describe("Of the bucket; the mirror's if left out."),
    prefix: z
      .string()
      .regex(/^([A-Za-z0-9_-]+\/){1,8}$/, 'folders of letters, digits, _ and -, ending in /')
      .max(128)
      .optional()
      .describe('Stands before the key that the entry has in S3; nothing if left out.'),
  }),
});

export type AuditCopyTo = z.infer<typeof AuditCopyTo>;

interface WithCopies {
  readonly mirrors: readonly Pick<OciVaultConfig, 'name' | 'endpoints'>[];
  readonly audit: { readonly copyTo?: AuditCopyTo | undefined };
}

/** Copies are put with the access of a mirror that there is, and to one place. */
export function checkAuditCopyTo(
  { mirrors, audit: { copyTo } }: WithCopies,
  check: z.RefinementCtx,
): void {
  if (copyTo === undefined) return;
  const { mirror: wanted, region } = copyTo.ociObjectStorage;
  const mirror = mirrors.find(({ name }) => name === wanted);
  const issue = (field: string, message: string): void => {
    check.addIssue({
      code: 'custom',
      path: ['audit', 'copyTo', 'ociObjectStorage', field],
      message,
    });
  };
  if (mirror === undefined) issue('mirror', 'the name of one of the mirrors');
  if (region !== undefined && mirror?.endpoints?.objectStorage !== undefined) {
    issue('region', "no region, because the mirror's endpoints name another place");
  }
}
