import type { AuditObject } from './audit-store.ts';

/** Copies of the audit trail's entries in a second place. */
export interface AuditCopies {
  /**
   * Copies an entry that has just been kept. It gives up within 3 seconds.
   *
   * @throws LockstepError when there may be no copy now
   */
  copy(entry: AuditObject): Promise<void>;

  /**
   * Makes up for copies that are missing, the newest entries first: up to 100 of the newest 5,000 entries, within 5
   * seconds.
   *
   * @throws LockstepError when it cannot be found out which are missing
   */
  catchUp(): Promise<CaughtUp>;
}

export interface CaughtUp {
  readonly copied: number;
  /** How many were found missing and are so still. There may be more. */
  readonly missing: number;
  /** Of one that could not be copied; undefined where none failed. */
  readonly failure: unknown;
}
