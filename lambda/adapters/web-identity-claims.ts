import * as z from 'zod';
import { VaultRefusedError } from '../domain/errors.ts';
import type { TokenClaims } from '../ports/sign-in.ts';

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
  try {
    const [, payload = ''] = token.split('.');
    const claims = Claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    const { iss: issuer, sub: role, aud } = claims;
    return { issuer, role, audience: [aud].flat().join(', ') };
  } catch {
    throw new VaultRefusedError(
      'the token that AWS gave says neither issuer, subject nor audience',
      {
        subject,
        remedy: 'look up GetWebIdentityToken in the reference of STS',
      },
    );
  }
}
