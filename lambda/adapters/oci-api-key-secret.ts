import { createPrivateKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { OciAccess } from './oci-access.ts';
import { redactPem } from './pem.ts';

const ApiKeySecret = z.looseObject({
  tenancy: z.string().regex(/^ocid1\.tenancy\./),
  user: z.string().regex(/^ocid1\.user\./),
  fingerprint: z.string().regex(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i),
  privateKey: z.string().min(1),
  passphrase: z.string().min(1).optional(),
});

export const API_KEY_REMEDY =
  "check user, tenancy, fingerprint and privateKey of the API key's secret, that the key is uploaded to that user, and the clock";

/**
 * Access with the API key of a user, out of the text of the key's secret:
 * `{"tenancy", "user", "fingerprint", "privateKey", "passphrase"?}`. The private key is PEM, RSA, PKCS#1 or PKCS#8,
 * encrypted if there is a passphrase; its line ends may be written as the two characters `\n`. The redactor takes up
 * the text, the key, each of its lines and the passphrase.
 *
 * @throws ConfigurationError that names the fields which do not fit, never a value
 */
export function parseOciApiKeySecret(
  text: string,
  options: { readonly secretArn: string; readonly redactor: Redactor },
): OciAccess {
  const { secretArn, redactor } = options;
  redactor.add(text);
  const result = ApiKeySecret.safeParse(parseJson(text));
  if (!result.success) {
    const fields = [...new Set(result.error.issues.map(({ path }) => String(path[0] ?? 'all')))];
    throw misfit(`missing or not in its form: ${fields.join(', ')}`, secretArn);
  }
  const { tenancy, user, fingerprint, privateKey, passphrase } = result.data;
  const pem = privateKey.replaceAll('\\n', '\n');
  redactPem(pem, redactor);
  if (passphrase !== undefined) redactor.add(passphrase);
  const key = openKey(pem, passphrase);
  if (key?.asymmetricKeyType !== 'rsa') {
    throw misfit('privateKey is no RSA private key that passphrase opens', secretArn);
  }
  // The SDK reads fewer kinds of encrypted keys than Node does.
  const plain = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  redactPem(plain, redactor);
  const signingKey = { keyId: `${tenancy}/${user}/${fingerprint}`, privateKeyPem: plain };
  return {
    remedy: API_KEY_REMEDY,
    signingKey: () => Promise.resolve(signingKey),
    replace: () => Promise.resolve(undefined),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}

function openKey(pem: string, passphrase: string | undefined): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
  } catch {
    return undefined;
  }
}

function misfit(finding: string, subject: string): ConfigurationError {
  return new ConfigurationError(`the secret with the OCI API key does not fit: ${finding}`, {
    subject,
    remedy:
      'store {"tenancy": "<OCID>", "user": "<OCID>", "fingerprint": "<16 pairs of hex digits>", "privateKey": "<PEM>", "passphrase": "<if encrypted>"}',
  });
}
