/** What a server keeps of a password: enough to recognise it. */
export interface Verifier {
  matches(password: string): boolean;
}

/**
 * Makes the verifier of a password. With `like`, so that a client that was told the salt of `like` before the server
 * saw a password can be verified against either of the two: with the same salt, where there is one.
 */
export type MakeVerifier<V extends Verifier> = (password: string, like?: V) => V;

/** The password itself, for a model that lives in memory and is asked thousands of times. */
export class PlainVerifier implements Verifier {
  readonly #password: string;

  constructor(password: string) {
    this.#password = password;
  }

  matches(password: string): boolean {
    return this.#password === password;
  }
}
