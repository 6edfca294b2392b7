import * as z from 'zod';
import { Endpoint, Name, SecretArn } from './primitives.ts';

export const OciVaultConfig = z.strictObject({
  name: Name.describe('Name of this mirror in logs, metrics and the audit trail.'),
  type: z.literal('oci-vault'),
  secretOcid: z
    .string()
    .regex(/^ocid1\.vaultsecret\.[a-z0-9.-]+$/i, 'the OCID of a vault secret')
    .describe('An existing OCI secret; its first version is made by hand.'),
  region: z.string().regex(/^[a-z]+-[a-z]+-\d+$/, 'an OCI region such as eu-frankfurt-1'),
  auth: z.strictObject({
    type: z.literal('api-key'),
    secretArn: SecretArn.describe(
      'A secret holding {"tenancy", "user", "fingerprint", "privateKey", "passphrase"?} of an OCI API key.',
    ),
  }),
  endpoints: z
    .strictObject({ vaults: Endpoint, secrets: Endpoint, objectStorage: Endpoint.optional() })
    .optional()
    .describe('Where the OCI services answer, if not at their public addresses.'),
});

export type OciVaultConfig = z.infer<typeof OciVaultConfig>;
