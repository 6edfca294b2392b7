import type { Credential } from './credential.ts';

/**
 * What the audit trail can say. `subject` is the database or vault it happened to; `credential` goes in as a keyed
 * fingerprint, never as it is.
 */
export interface AuditEvent {
  readonly event:
    | 'rehearsed'
    | 'staged'
    | 'change-intended'
    | 'changed'
    | 'change-failed'
    | 'restored'
    | 'restore-failed'
    | 'proven'
    | 'overlap-lost'
    | 'overlap-end-intended'
    | 'overlap-ended'
    | 'login-refused'
    | 'refusals-cleared'
    | 'promoted'
    | 'mirror-levelled'
    | 'pending-removed'
    | 'version-retired'
    | 'adopted'
    | 'step-failed';
  readonly subject: string;
  readonly credential?: Credential;
  /** The name of the error, where the event is a failure. */
  readonly error?: string;
}
