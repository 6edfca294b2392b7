import { createPrivateKey } from 'node:crypto';
import type { Identity } from '../certificate-authority.ts';

/**
 * A wallet in the form of Autonomous Database's `ewallet.pem`: the private key, encrypted under the wallet's password,
 * the client's certificate, the CA's. It is what the driver takes as `walletContent`, with `walletPassword`.
 */
export function makeWallet(options: {
  readonly identity: Identity;
  /** Of whoever issued the server's certificate. */
  readonly caPem: string;
  readonly password: string;
}): string {
  const { identity, caPem, password } = options;
  const key = createPrivateKey(identity.privateKeyPem).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: password,
  });
  return [key.toString(), identity.certificatePem, caPem].join('');
}
