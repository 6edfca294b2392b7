import type { Credential } from '../domain/credential.ts';
import type { AuditTrail } from './audit-trail.ts';

/** What an entry of the audit trail says. Entries are taken as they are: this is for looking, not for evidence. */
export interface TrailEntry {
  /** In milliseconds since 1970. */
  readonly timeMs: number;
  readonly event: string;
  /** The database or vault it happened to. */
  readonly subject: string;
  readonly step: string;
  readonly versionId: string;
  /** The name of the error, where the event is a failure. */
  readonly error: string | undefined;
}

/** The audit trail of one rotation, for who may read it and not write. Every verb throws AuditError. */
export interface TrailHistory {
  /** Up to `limit` entries, newest first. */
  recent(limit: number): Promise<readonly TrailEntry[]>;

  /** As AuditTrail.refusedLogins. */
  refusedLogins: AuditTrail['refusedLogins'];

  /**
   * The keyed fingerprint under which the trail names a credential.
   *
   * @throws ConfigurationError when the key does not fit
   */
  fingerprint(credential: Credential): Promise<string>;

  /**
   * Sees that the newest entry is authentic, so that the next one can be linked to it.
   *
   * @returns its sequence; 0: there is none
   * @throws ConfigurationError when the key does not fit
   */
  verifyTip(): Promise<number>;
}
