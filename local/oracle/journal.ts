import type { VerifierLabel } from './accounts/passwords.ts';

/** Something that happened at the server. Users are named as in the dictionary; no entry holds a password. */
export type JournalEntry =
  /** A client was turned away by the listener, before any logon. */
  | { readonly kind: 'refusedConnect'; readonly ora: number }
  | { readonly kind: 'redirect' }
  | { readonly kind: 'logon'; readonly user: string; readonly verifier: VerifierLabel }
  /** Answered with an error, by the accounts or by the fault plan. */
  | { readonly kind: 'refusedLogon'; readonly user: string; readonly ora: number }
  | { readonly kind: 'passwordChange'; readonly user: string; readonly by: string }
  | {
      readonly kind: 'refusedPasswordChange';
      readonly user: string;
      readonly by: string;
      readonly ora: number;
    }
  | { readonly kind: 'rolloverExpired'; readonly user: string; readonly by: string }
  | { readonly kind: 'logoff'; readonly user: string }
  /** The TLS handshake failed; the reason is OpenSSL's. */
  | { readonly kind: 'tlsFailure'; readonly reason: string }
  /** Something came that could not be decoded, and the socket was dropped. A test that ends with one has a flaw. */
  | { readonly kind: 'undecodable'; readonly reason: string };

/** What a server saw: events, and apart from them every SQL text, word for word as the client sent it. */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #sqlTexts: string[] = [];

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  get sqlTexts(): readonly string[] {
    return this.#sqlTexts;
  }

  add(entry: JournalEntry): void {
    this.#entries.push(entry);
  }

  addSql(text: string): void {
    this.#sqlTexts.push(text);
  }
}
