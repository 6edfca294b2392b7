import type { AuditObject, AuditStore } from './audit-store.ts';

/**
 * A second place for objects of the audit trail, where nothing is overwritten and nothing read back.
 *
 * Every verb throws AuditCopyError, and what keeps the way in to the place away.
 */
export interface CopyStore {
  /** Puts a copy there. Where its key is taken, it must be by the same object, byte for byte; that is a success, too. */
  put(object: AuditObject): Promise<void>;

  /** As AuditStore.keys. */
  keys: AuditStore['keys'];
}
