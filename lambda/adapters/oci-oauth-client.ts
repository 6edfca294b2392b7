import * as z from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';

/** A confidential application of an identity domain. */
export interface OciOAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** HTTP Basic cannot carry a name with a colon (RFC 7617). */
const ClientSecret = z.looseObject({
  clientId: z.string().regex(/^[^:\s]+$/),
  clientSecret: z.string().min(1),
});

/**
 * Reads an OAuth client, `{"clientId", "clientSecret"}`, out of its secret. The redactor takes up the client's secret.
 *
 * @throws ConfigurationError that names the fields which do not fit, never a value
 */
export function parseOAuthClient(
  text: string,
  { secretArn, redactor }: { readonly secretArn: string; readonly redactor: Redactor },
): OciOAuthClient {
  redactor.add(text);
  const result = ClientSecret.safeParse(parseJson(text));
  if (!result.success) {
    const fields = [...new Set(result.error.issues.map(({ path }) => String(path[0] ?? 'all')))];
    throw new ConfigurationError(
      `the secret with the OAuth client does not fit: missing or not in its form: ${fields.join(', ')}`,
      { subject: secretArn, remedy: 'store {"clientId": "…", "clientSecret": "…"} in it' },
    );
  }
  const { clientId, clientSecret } = result.data;
  redactor.add(clientSecret, basicCredentials({ clientId, clientSecret }));
  return { clientId, clientSecret };
}

/** What stands behind `Basic` in the header (RFC 7617). */
export function basicCredentials({ clientId, clientSecret }: OciOAuthClient): string {
  return Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}
