import { createPrivateKey } from 'node:crypto';
import { zipSync } from 'fflate';
import type { Identity } from '../certificate-authority.ts';
import { makePkcs12, type Pkcs12Scheme } from './pkcs12.ts';

export interface WalletOptions {
  readonly identity: Identity;
  /** Of whoever issued the server's certificate. */
  readonly caPem: string;
  readonly password: string;
}

/**
 * A wallet in the form of Autonomous Database's `ewallet.pem`: the private key, encrypted under the wallet's password,
 * the client's certificate, the CA's. It is what the driver takes as `walletContent`, with `walletPassword`.
 */
export function makeWallet({ identity, caPem, password }: WalletOptions): string {
  const key = createPrivateKey(identity.privateKeyPem).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: password,
  });
  return [key.toString(), identity.certificatePem, caPem].join('');
}

/** The same as `ewallet.p12`, with the CA before the client's certificate: nothing says in which order they stand. */
export function makePkcs12Wallet(
  options: WalletOptions & { readonly scheme: Pkcs12Scheme },
): Buffer {
  const { identity, caPem, password, scheme } = options;
  const certificatePems = [caPem, identity.certificatePem];
  return makePkcs12({ privateKeyPem: identity.privateKeyPem, certificatePems, password, scheme });
}

/** A zip as the console of Autonomous Database gives it out: the wallet's files and others beside them. */
export function makeWalletZip(files: Readonly<Record<string, Uint8Array | string>>): Buffer {
  const others = {
    'tnsnames.ora': 'orders_tls = (description=(address=(protocol=tcps)(host=adb.example)))\n',
    'sqlnet.ora': 'SSL_SERVER_DN_MATCH=yes\n',
  };
  const entries = Object.entries({ ...others, ...files }).map(
    ([name, content]) => [name, Buffer.from(content)] as const,
  );
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}
