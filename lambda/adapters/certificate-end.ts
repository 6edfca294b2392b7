import { X509Certificate } from 'node:crypto';
import { pemBlocks } from './pem.ts';

/**
 * When the first of these certificates ends that has not ended yet; if all have ended, when the last did. Those that have
 * ended while others are valid are left in bundles for years, and nobody misses them.
 *
 * @param nowMs and the answer: milliseconds since 1970
 */
export function firstEndMs(certificates: readonly X509Certificate[], nowMs: number): number {
  const ends = certificates.map(({ validTo }) => Date.parse(validTo));
  const coming = ends.filter((end) => end >= nowMs);
  return coming.length > 0 ? Math.min(...coming) : Math.max(...ends);
}

/** The same for a PEM text that holds certificates and nothing else. */
export function firstEndOfPemMs(pem: string, nowMs: number): number {
  return firstEndMs(
    pemBlocks(pem).map(({ text }) => new X509Certificate(text)),
    nowMs,
  );
}
