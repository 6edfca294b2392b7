import { createHash, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** An OCI API signing key with the identity it belongs to. Keys are PEM: PKCS#8 and SubjectPublicKeyInfo. */
export interface ApiKey {
  readonly tenancyId: string;
  readonly userId: string;
  readonly fingerprint: string;
  /** What requests are signed under: `<tenancy>/<user>/<fingerprint>`. */
  readonly keyId: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

/** Makes a throw-away API key of a user and a tenancy that exist nowhere. The key lives in memory only. */
export async function createApiKey(
  owner: { readonly tenancyId?: string; readonly userId?: string } = {},
): Promise<ApiKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  });
  const tenancyId = owner.tenancyId ?? randomOcid('tenancy');
  const userId = owner.userId ?? randomOcid('user');
  const fingerprint = fingerprintOf(publicKey);
  return {
    tenancyId,
    userId,
    fingerprint,
    keyId: `${tenancyId}/${userId}/${fingerprint}`,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** MD5 of the key's DER, in hex with colons (OCI documentation, Required Keys and OCIDs). */
export function fingerprintOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const hex = createHash('md5').update(der).digest('hex');
  return hex.replaceAll(/(..)(?!$)/g, '$1:');
}

function randomOcid(resource: string): string {
  return `ocid1.${resource}.oc1..aaaaaaaa${randomBytes(26).toString('hex')}`;
}
