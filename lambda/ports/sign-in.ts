/** What a token of AWS says. */
export interface TokenClaims {
  readonly issuer: string;
  /** Whose role the function has: its ARN. */
  readonly role: string;
  readonly audience: string;
}

/** How the function is let in to a mirror for its role's sake. */
export interface SignIn {
  /** The mirror. */
  readonly subject: string;

  /** What AWS vouches for. @throws VaultUnreachableError, VaultRefusedError, DeadlineError */
  claims(): Promise<TokenClaims>;

  /** Exchanges a token for a session. @throws VaultUnreachableError, VaultRefusedError, ConfigurationError, DeadlineError */
  exchange(): Promise<void>;
}
