/** One object of the audit trail's bucket. */
export interface AuditObject {
  readonly key: string;
  readonly body: string;
}

/** Objects that are written once. Keys sort by their UTF-8 bytes. Every verb throws AuditError. */
export interface AuditStore {
  /** Writes the object, or changes nothing where the key is taken. */
  write(object: AuditObject): Promise<'written' | 'exists'>;

  read(key: string): Promise<AuditObject | undefined>;

  /** Up to `limit` keys that begin with `prefix` and sort after `after`, in order. */
  keys(range: {
    readonly prefix: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly string[]>;
}
