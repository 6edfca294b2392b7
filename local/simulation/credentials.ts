/** A user name and a password in clear, as one text that can be compared. */
export type CredentialKey = `${string}\n${string}`;

export interface ClearCredential {
  readonly username: string;
  readonly password: string;
}

export function keyOf({ username, password }: ClearCredential): CredentialKey {
  return `${username}\n${password}`;
}

const PARSED_MAX = 20_000;
const parsed = new Map<string, ClearCredential>();

/** The credential of a secret string. Parsed once: a simulation looks at the same few texts over and over. */
export function credentialOf(text: string): ClearCredential {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const { username = '', password = '' } = JSON.parse(text) as Partial<ClearCredential>;
  if (parsed.size >= PARSED_MAX) parsed.clear();
  const credential = { username, password };
  parsed.set(text, credential);
  return credential;
}
