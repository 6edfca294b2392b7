import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type forge from 'node-forge';
import asn1 from 'node-forge/lib/asn1.js';
import pkcs12 from 'node-forge/lib/pkcs12.js';
// pkcs12.js knows a MAC with SHA-384 or SHA-512 where this is loaded.
import 'node-forge/lib/sha512.js';
import pki from 'node-forge/lib/x509.js';
import { WalletError } from '../domain/errors.ts';
import { requireFewIterations } from './pkcs12-iterations.ts';
import { walletProblem, type WalletContext } from './wallet-problem.ts';

/** Without a MAC, what comes out of the wrong key is noise. */
const WRONG_PASSWORD = /Invalid password|wrong password|Failed to decrypt/i;
const CONVERT =
  'convert it: "openssl pkcs12 -in ewallet.p12 -out ewallet.pem" (with -legacy for an old one), and store ewallet.pem';

/**
 * The keys and certificates of a PKCS#12 file (`ewallet.p12`) as PEM, the keys in clear, to be kept in memory only. It
 * may be encrypted in the old ways (RC2, triple DES, MAC with SHA-1) or the new ones (AES, PBKDF2, MAC with SHA-2:
 * OpenSSL 3).
 *
 * @throws WalletError when it is none, the password does not open it, or it holds what is not understood
 */
export function pemOfPkcs12(
  der: Uint8Array,
  { password, context }: { readonly password: string | undefined; readonly context: WalletContext },
): string {
  if (password === undefined || password === '') {
    throw walletProblem('the wallet is PKCS#12 and has no password beside it', {
      context,
      remedy: 'add "password" to the secret that holds the password of the wallet',
    });
  }
  try {
    const pfx = asn1.fromDer(Buffer.from(der).toString('latin1'), false);
    requireFewIterations(pfx, context);
    const { safeContents } = pkcs12.pkcs12FromAsn1(pfx, false, password);
    return pemOfBags(safeContents.flatMap(({ safeBags }) => safeBags));
  } catch (error) {
    if (error instanceof WalletError) throw error;
    if (error instanceof Error && WRONG_PASSWORD.test(error.message)) {
      throw walletProblem('the wallet (PKCS#12) does not open with the password', {
        context,
        remedy: 'check the password of the wallet in its secret',
        cause: error,
      });
    }
    throw walletProblem('the wallet looks like PKCS#12 and cannot be read', {
      context,
      remedy: CONVERT,
      cause: error,
    });
  }
}

function pemOfBags(bags: readonly forge.pkcs12.Bag[]): string {
  const keys = bags.flatMap((bag) => keyOf(bag) ?? []);
  const certificates = bags.flatMap((bag) => certificateOf(bag) ?? []);
  return [
    ...keys.map((key) => key.export({ type: 'pkcs8', format: 'pem' }).toString()),
    ...certificates.map((certificate) => certificate.toString()),
  ].join('');
}

/** The library knows RSA keys only, and hands out any other as it stands. */
function keyOf({ type, key, asn1: other }: forge.pkcs12.Bag): KeyObject | undefined {
  if (type !== pki.oids['keyBag'] && type !== pki.oids['pkcs8ShroudedKeyBag']) return undefined;
  if (key) {
    return createPrivateKey({
      key: bytesOf(pki.privateKeyToAsn1(key)),
      format: 'der',
      type: 'pkcs1',
    });
  }
  return createPrivateKey({ key: bytesOf(other), format: 'der', type: 'pkcs8' });
}

function certificateOf({ type, cert, asn1: other }: forge.pkcs12.Bag): X509Certificate | undefined {
  if (type !== pki.oids['certBag']) return undefined;
  return new X509Certificate(bytesOf(cert ? pki.certificateToAsn1(cert) : other));
}

function bytesOf(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}
