import type { Redactor } from '../domain/redactor.ts';

/** Adds a token to the redactor: as a whole, and each part of a JWT, for a server may quote one alone. */
export function redactToken(token: string, redactor: Redactor): void {
  redactor.add(token, ...token.split('.'));
}

/** What a JWT says, unverified; undefined where it is none. */
export function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}
