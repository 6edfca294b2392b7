import type { Credential } from './credential.ts';
import type { Password } from './password.ts';

/**
 * What a version of the secret holds: AWS's own JSON with `username` and `password`, and every other key as it is.
 * `text` is the exact secret string, which both vaults hold byte for byte.
 */
export interface SecretDocument {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly credential: Credential;
}

/** The same document with another password; all other keys are kept, in their order. */
export function withPassword(document: SecretDocument, password: Password): SecretDocument {
  const fields = { ...document.fields, password: password.reveal() };
  return {
    text: JSON.stringify(fields),
    fields,
    credential: { username: document.credential.username, password },
  };
}

/** Keys, other than the password, whose values differ between two documents. */
export function differingKeys(one: SecretDocument, other: SecretDocument): readonly string[] {
  const keys = new Set([...Object.keys(one.fields), ...Object.keys(other.fields)]);
  keys.delete('password');
  return [...keys].filter(
    (key) => JSON.stringify(one.fields[key]) !== JSON.stringify(other.fields[key]),
  );
}
