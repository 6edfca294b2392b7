import * as z from 'zod';
import { Endpoint, Name, OciRegion, SecretArn } from './primitives.ts';

/** A user of OCI with an API key of its own. */
const ApiKeyAuth = z.strictObject({
  type: z.literal('api-key'),
  secretArn: SecretArn.describe(
    'A secret holding {"tenancy", "user", "fingerprint", "privateKey", "passphrase"?} of an OCI API key.',
  ),
});

/** The function's own role: a token of AWS is exchanged for a session of a service user in OCI. */
const FederatedAuth = z.strictObject({
  type: z.literal('federated'),
  domainUrl: Endpoint.refine(isOrigin, 'no more than scheme, host and port').describe(
    'The identity domain that exchanges the tokens, such as https://idcs-….identity.oraclecloud.com.',
  ),
  audience: z
    .string()
    .regex(/^[A-Za-z0-9._:\/-]{1,255}$/, 'letters, digits and . _ : / -')
    .describe(
      "The audience of the AWS token, as it stands in the domain's identity propagation trust.",
    ),
  clientSecretArn: SecretArn.describe(
    'A secret holding {"clientId", "clientSecret"} of an OAuth client of the domain, which is worth nothing without the AWS token.',
  ),
});

const Auth = z.discriminatedUnion('type', [ApiKeyAuth, FederatedAuth]);

export const OciVaultConfig = z.strictObject({
  name: Name.describe('Name of this mirror in logs, metrics and the audit trail.'),
  type: z.literal('oci-vault'),
  secretOcid: z
    .string()
    .regex(/^ocid1\.vaultsecret\.[a-z0-9.-]+$/i, 'the OCID of a vault secret')
    .describe('An existing OCI secret; its first version is made by hand.'),
  region: OciRegion,
  auth: Auth.describe('How the function signs in to OCI.'),
  inspectionAuth: Auth.optional().describe(
    'What the function that only looks at the rotation signs in to OCI with, for example the API key of a user that may read and not write; as "auth" if left out.',
  ),
  endpoints: z
    .strictObject({ vaults: Endpoint, secrets: Endpoint, objectStorage: Endpoint.optional() })
    .optional()
    .describe('Where the OCI services answer, if not at their public addresses.'),
});

export type ApiKeyAuth = z.infer<typeof ApiKeyAuth>;
export type FederatedAuth = z.infer<typeof FederatedAuth>;
export type OciVaultConfig = z.infer<typeof OciVaultConfig>;

/** OCI itself gives the URL of a domain with its port: `https://idcs-….identity.oraclecloud.com:443`. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && `${search}${hash}${username}${password}` === '';
}
