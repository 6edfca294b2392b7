/** A MAC with the version of the key that made it. */
export interface Mac {
  /** HMAC-SHA256, lower-case hex. */
  readonly value: string;
  readonly keyVersion: string;
}

/**
 * The key that signs the audit trail.
 *
 * Every verb throws AuditError when the key cannot be had, ConfigurationError when what is kept there is no such key.
 */
export interface AuditKey {
  /** The version that `sign` uses, the same for as long as this object lives: an entry names it in what is signed. */
  version(): Promise<string>;

  sign(message: string): Promise<Mac>;

  /** Recomputes a MAC with the key version that made it. `unknown-key`: there is no such version. */
  verify(message: string, mac: Mac): Promise<'authentic' | 'forged' | 'unknown-key'>;
}
