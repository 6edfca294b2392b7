import type forge from 'node-forge';
import asn1 from 'node-forge/lib/asn1.js';
import { walletProblem, type WalletContext } from './wallet-problem.ts';

/** The library needs some 3 s for so many, in which nothing else runs. OpenSSL makes 2,048, Java's keytool 10,000. */
const ITERATIONS_MAX = 100_000;
/** How deep a PKCS#12 file nests, with room to spare. */
const DEPTH_MAX = 24;

/**
 * Refuses a file whose keys would take too long to derive. In PKCS#12 the count is the integer after the salt, in the MAC
 * (RFC 7292, MacData) as in each way to encrypt (pkcs-12PbeParams; RFC 8018, PBKDF2-params).
 *
 * @throws WalletError
 */
export function requireFewIterations(pfx: forge.asn1.Asn1, context: WalletContext): void {
  if (iterationsMax(pfx, DEPTH_MAX) <= ITERATIONS_MAX) return;
  throw walletProblem(`the wallet (PKCS#12) wants more than ${ITERATIONS_MAX} iterations`, {
    context,
    remedy: 'make it again with fewer, or store ewallet.pem',
  });
}

function iterationsMax(node: forge.asn1.Asn1, depthMax: number): number {
  const parts = partsOf(node);
  if (depthMax === 0) return 0;
  const own = parts.map((part, index) =>
    isOctets(parts[index - 1]) && part.type === asn1.Type.INTEGER ? integerOf(part) : 0,
  );
  return Math.max(0, ...own, ...parts.map((part) => iterationsMax(part, depthMax - 1)));
}

/** An octet string may hold a structure of its own; most hold a salt or what is encrypted. */
function partsOf(node: forge.asn1.Asn1): readonly forge.asn1.Asn1[] {
  if (Array.isArray(node.value)) return node.value;
  if (!isOctets(node)) return [];
  try {
    return [asn1.fromDer(node.value, false)];
  } catch {
    return [];
  }
}

function isOctets(node: forge.asn1.Asn1 | undefined): boolean {
  return node?.tagClass === asn1.Class.UNIVERSAL && node.type === asn1.Type.OCTETSTRING;
}

function integerOf({ value }: forge.asn1.Asn1): number {
  return typeof value === 'string'
    ? Number(`0x${Buffer.from(value, 'latin1').toString('hex')}`)
    : 0;
}
