import { canonicalText } from './encoding.ts';

/** Keeps fingerprints apart from the MACs of entries, which the same key makes. */
const LABEL = 'lockstep/fingerprint/v1\n';
/** 128 bits: enough that no two credentials share one by chance. */
const FINGERPRINT_LENGTH = 32;

/**
 * What the key signs to make the fingerprint of a credential.
 *
 * It holds the password in clear: hand it to the key and to nothing else.
 */
export function fingerprintText(credential: {
  readonly username: string;
  readonly password: string;
}): string {
  const { username, password } = credential;
  return `${LABEL}${canonicalText({ username, password })}`;
}

/**
 * The fingerprint, from the MAC of `fingerprintText`: its first 32 hex digits.
 *
 * Who has the key and knows a password can find where it was used; who lacks the key cannot even guess at it, however
 * weak the password.
 */
export function fingerprintOfMac(mac: string): string {
  return mac.slice(0, FINGERPRINT_LENGTH);
}
