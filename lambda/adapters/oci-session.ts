import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { OciSigningKey } from './oci-access.ts';
import { payloadOf } from './token.ts';

/** A session is not used in its last minute: the clocks of both clouds may differ, and a call takes its time. */
const END_MARGIN_MS = 60_000;
/** OCI's longest (Token Exchange Grant Type, JWT to UPST); what claims to live longer is not believed. */
const LIFETIME_MAX_MS = 3_600_000;
const KEY_BITS = 2048;

/** A key pair that OCI has given a session. */
export interface OciSession extends OciSigningKey {
  /** Epoch milliseconds. From here on another one should take its place: half of its time is over. */
  readonly renewFromMs: number;
  /** Epoch milliseconds. From here on it is not used any more. */
  readonly endsMs: number;
}

/** A fresh key pair, which no token goes with yet. */
export interface OciSessionKeys {
  readonly privateKeyPem: string;
  /** DER of the SubjectPublicKeyInfo in base64, as the token exchange takes it. */
  readonly publicKeyBase64: string;
}

const Claims = z.looseObject({ exp: z.number() });

export async function generateSessionKeys(): Promise<OciSessionKeys> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
  });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyBase64: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}

/**
 * The session of a token (UPST) that OCI gave for the private key.
 *
 * @param token a JWT; OCI says when it ends nowhere but in its claim `exp`
 * @param nowMs epoch milliseconds
 * @returns what is wrong with it where it says no such time, or has ended
 */
export function sessionOf(
  token: string,
  { privateKeyPem, nowMs }: { readonly privateKeyPem: string; readonly nowMs: number },
): OciSession | 'without-end' | 'ended' {
  // Nobody here can verify it: it is OCI's own word, handed back to OCI.
  const claims = Claims.safeParse(payloadOf(token));
  if (!claims.success) return 'without-end';
  const lifetimeMs = Math.min(claims.data.exp * 1000 - nowMs, LIFETIME_MAX_MS);
  const endsMs = nowMs + lifetimeMs - END_MARGIN_MS;
  if (endsMs <= nowMs) return 'ended';
  return { keyId: `ST$${token}`, privateKeyPem, renewFromMs: nowMs + lifetimeMs / 2, endsMs };
}
