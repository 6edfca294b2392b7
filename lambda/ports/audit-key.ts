/** A MAC with the version of the key that made it. */
export interface Mac {
  /** HMAC-SHA256, lower-case hex. */
  readonly value: string;
  readonly keyVersion: string;
}

/** The key that signs the audit trail. */
export interface AuditKey {
  /** @throws AuditError when the key cannot be had */
  sign(message: string): Promise<Mac>;

  /** Recomputes a MAC with the key version that made it. @throws AuditError when that version cannot be had */
  verify(message: string, mac: Mac): Promise<boolean>;
}
