import { DefaultRequestSigner } from 'oci-common';
import type { OciSigningKey } from './oci-access.ts';

/** Signs requests with one key: the SDK parses it once, and its two halves always go together. */
export function signerOf({ keyId, privateKeyPem }: OciSigningKey): DefaultRequestSigner {
  return new DefaultRequestSigner({
    getKeyId: () => Promise.resolve(keyId),
    getPrivateKey: () => privateKeyPem,
    getPassphrase: () => null,
  });
}
