import type { AuditEvent } from '../domain/audit-event.ts';

/** The trail of what was done, append-only and signed. */
export interface AuditTrail {
  /**
   * Adds an entry and returns when it is kept.
   *
   * @throws AuditError when it could not be kept, or it is not known whether it was
   * @throws ConfigurationError when the key does not fit
   */
  append(event: AuditEvent): Promise<void>;
}
