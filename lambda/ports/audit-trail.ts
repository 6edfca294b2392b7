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

  /**
   * How many entries of that kind each subject has since `sinceMs`, in milliseconds since 1970. Entries are taken as they
   * are: this is for a brake, not for evidence. It looks at the newest 500 at most.
   *
   * @throws AuditError when the trail cannot be read
   */
  countBySubject(query: {
    readonly event: AuditEvent['event'];
    readonly sinceMs: number;
  }): Promise<ReadonlyMap<string, number>>;

  /**
   * Whether one of the newest 10 entries says this of the version that the invocation is about. They are taken as they are.
   *
   * @throws AuditError when the trail cannot be read
   */
  tells(said: Pick<AuditEvent, 'event' | 'subject'>): Promise<boolean>;

  /**
   * Whether a step of a rotation to that version has added an entry since `sinceMs`, in milliseconds since 1970. Entries
   * are taken as they are. It looks at the newest 500 at most.
   *
   * @throws AuditError when the trail cannot be read
   */
  heardOf(rotation: { readonly versionId: string; readonly sinceMs: number }): Promise<boolean>;

  /**
   * The refused logins of each database that refused any, by an index of them. Both counts begin anew where a person
   * cleared the refusals. From `enough` on a count is exact; one that is less may count what does not count any more.
   *
   * @throws AuditError when the trail cannot be read
   */
  refusedLogins(query: {
    readonly sinceMs: number;
    readonly enough: number;
  }): Promise<ReadonlyMap<string, RefusedLogins>>;
}

export interface RefusedLogins {
  /** Since the time asked for. */
  readonly recent: number;
  /** Since the last login that was proven. */
  readonly inARow: number;
}
