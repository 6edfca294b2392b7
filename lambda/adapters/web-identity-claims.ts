import * as z from 'zod';
import { VaultRefusedError } from '../domain/errors.ts';
import type { TokenClaims } from '../ports/sign-in.ts';
import { payloadOf } from './token.ts';

const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string()).min(1)]),
});

/**
 * Reads what a token of AWS says, to show it. Nothing is verified: AWS has just given it.
 *
 * @throws VaultRefusedError when it is no such token, of which nothing is quoted
 */
export function claimsOf(token: string, subject: string): TokenClaims {
  const claims = Claims.safeParse(payloadOf(token));
  if (!claims.success) {
    throw new VaultRefusedError(
      'the token that AWS gave says neither issuer, subject nor audience',
      {
        subject,
        remedy: 'look up GetWebIdentityToken in the reference of STS',
      },
    );
  }
  const { iss: issuer, sub: role, aud } = claims.data;
  return { issuer, role, audience: [aud].flat().join(', ') };
}
