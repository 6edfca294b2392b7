import type { Credential } from './credential.ts';

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
 * The same document with another credential. Everything else stays byte for byte: a number that JavaScript cannot hold,
 * the order of keys, white space; the user name too, where it is the same.
 */
export function withCredential(
  document: SecretDocument,
  { username, password }: Credential,
): SecretDocument {
  const { fields, credential } = document;
  let { text } = document;
  text = withValue(text, 'password', password.reveal());
  if (username !== credential.username) text = withValue(text, 'username', username);
  return {
    text,
    fields: { ...fields, username, password: password.reveal() },
    credential: { username, password },
  };
}

/** Keys, other than user name and password, whose values differ between two documents. */
export function differingKeys(one: SecretDocument, other: SecretDocument): readonly string[] {
  const keys = new Set([...Object.keys(one.fields), ...Object.keys(other.fields)]);
  keys.delete('username');
  keys.delete('password');
  return [...keys].filter(
    (key) => JSON.stringify(one.fields[key]) !== JSON.stringify(other.fields[key]),
  );
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

function withValue(text: string, key: string, value: string): string {
  const { start, end } = valueSpan(text, key);
  return `${text.slice(0, start)}${JSON.stringify(value)}${text.slice(end)}`;
}

/** Where the value of an outermost key stands. Of two such keys the last counts, as for JSON.parse. */
function valueSpan(text: string, wanted: string): { readonly start: number; readonly end: number } {
  let span = { start: text.length, end: text.length };
  let depth = 0;
  let key: unknown;
  let before = '';
  for (const { 0: token, index } of text.matchAll(JSON_TOKEN)) {
    if (depth === 1 && before === ':' && key === wanted) {
      span = { start: index, end: index + token.length };
    }
    if (depth === 1 && token === ':') key = JSON.parse(before);
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    before = token;
  }
  return span;
}
