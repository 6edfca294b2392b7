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

/**
 * The same document with another password. Everything else stays byte for byte: a number that JavaScript cannot hold, the
 * order of keys, white space.
 */
export function withPassword(document: SecretDocument, password: Password): SecretDocument {
  const { text, fields, credential } = document;
  const { start, end } = passwordSpan(text);
  const value = JSON.stringify(password.reveal());
  return {
    text: `${text.slice(0, start)}${value}${text.slice(end)}`,
    fields: { ...fields, password: password.reveal() },
    credential: { username: credential.username, password },
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

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Where the value of the outermost key `password` stands. Of two such keys the last counts, as for JSON.parse. */
function passwordSpan(text: string): { readonly start: number; readonly end: number } {
  let span = { start: text.length, end: text.length };
  let depth = 0;
  let key: unknown;
  let before = '';
  for (const { 0: token, index } of text.matchAll(JSON_TOKEN)) {
    if (depth === 1 && before === ':' && key === 'password') {
      span = { start: index, end: index + token.length };
    }
    if (depth === 1 && token === ':') key = JSON.parse(before);
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    before = token;
  }
  return span;
}
