import * as z from 'zod';
import type { Credential } from '../domain/credential.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { Password } from '../domain/password.ts';
import type { Redactor } from '../domain/redactor.ts';

const SuperuserSecret = z.looseObject({
  username: z.string().min(1),
  password: z.string().min(1),
});

/**
 * Reads the credential of a superuser, `{"username", "password"}`, out of its secret. The redactor takes up the password.
 *
 * @throws ConfigurationError that names the fields which do not fit, never a value
 */
export function parseSuperuser(
  text: string,
  { secretArn, redactor }: { readonly secretArn: string; readonly redactor: Redactor },
): Credential {
  redactor.add(text);
  const result = SuperuserSecret.safeParse(parseJson(text));
  if (!result.success) {
    const fields = [...new Set(result.error.issues.map(({ path }) => String(path[0] ?? 'all')))];
    throw new ConfigurationError(
      `the secret with the superuser does not fit: missing or empty: ${fields.join(', ')}`,
      { subject: secretArn, remedy: 'store {"username": "…", "password": "…"} in it' },
    );
  }
  const { username, password } = result.data;
  redactor.add(password);
  return { username, password: new Password(password) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}
