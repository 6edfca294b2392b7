import type { AuditEvent } from '../../lambda/domain/audit-event.ts';
import { isStep, type RotationRequest } from '../../lambda/domain/step.ts';
import type { AuditTrail, RefusedLogins } from '../../lambda/ports/audit-trail.ts';
import type { Clock } from '../../lambda/domain/time-budget.ts';
import { auditCall } from './audit-faults.ts';
import { atOnce, type Turn } from './turn.ts';
import type { MemoryFaults } from './under-faults.ts';

export interface MemoryAuditEntry extends Pick<RotationRequest, 'step' | 'versionId'> {
  readonly event: AuditEvent['event'];
  readonly subject: string;
  readonly timeMs: number;
}

export interface MemoryAuditTrailOptions extends MemoryFaults {
  /** What the trail holds. Several trails can share it, as several invocations share a bucket. */
  readonly entries: MemoryAuditEntry[];
  /** What the invocation is about. */
  readonly request: Pick<RotationRequest, 'step' | 'versionId'>;
  readonly clock: Clock;
  readonly turn?: Turn | undefined;
}

const TOLD_AMONG_MAX = 10;

/**
 * The trail without its chain, its signatures and its objects: one call for what is one thing to a step. Calls are named
 * `audit:append`, `audit:count`, `audit:tells`, `audit:heard-of` and `audit:refused-logins` in the fault plan. It is for
 * simulations that run every pair of faults; the chain has tests of its own.
 */
export class MemoryAuditTrail implements AuditTrail {
  readonly #options: MemoryAuditTrailOptions;

  constructor(options: MemoryAuditTrailOptions) {
    this.#options = options;
  }

  async append({ event, subject }: AuditEvent): Promise<void> {
    const { entries, clock, request } = this.#options;
    const { step, versionId } = request;
    await this.#call('audit:append', () => {
      entries.push({ event, subject, timeMs: clock.now(), step, versionId });
    });
  }

  async countBySubject({
    event,
    sinceMs,
  }: Parameters<AuditTrail['countBySubject']>[0]): Promise<ReadonlyMap<string, number>> {
    return await this.#call('audit:count', () => {
      const counts = new Map<string, number>();
      for (const entry of this.#options.entries) {
        if (entry.event !== event || entry.timeMs < sinceMs) continue;
        counts.set(entry.subject, (counts.get(entry.subject) ?? 0) + 1);
      }
      return counts;
    });
  }

  async tells({ event, subject }: Parameters<AuditTrail['tells']>[0]): Promise<boolean> {
    const { entries, request } = this.#options;
    return await this.#call('audit:tells', () =>
      entries
        .slice(-TOLD_AMONG_MAX)
        .some(
          (entry) =>
            entry.event === event &&
            entry.subject === subject &&
            entry.versionId === request.versionId,
        ),
    );
  }

  async heardOf({ versionId, sinceMs }: Parameters<AuditTrail['heardOf']>[0]): Promise<boolean> {
    return await this.#call('audit:heard-of', () =>
      this.#options.entries.some(
        (entry) => entry.versionId === versionId && isStep(entry.step) && entry.timeMs >= sinceMs,
      ),
    );
  }

  async refusedLogins({
    sinceMs,
  }: Parameters<AuditTrail['refusedLogins']>[0]): ReturnType<AuditTrail['refusedLogins']> {
    return await this.#call('audit:refused-logins', () => {
      const counts = new Map<string, RefusedLogins>();
      for (const { event, subject, timeMs } of this.#options.entries) {
        const { recent, inARow } = counts.get(subject) ?? { recent: 0, inARow: 0 };
        const isRecent = timeMs >= sinceMs;
        if (event === 'login-refused') {
          counts.set(subject, { recent: recent + (isRecent ? 1 : 0), inARow: inARow + 1 });
        }
        if (event === 'proven') counts.set(subject, { recent, inARow: 0 });
        if (event === 'refusals-cleared') counts.set(subject, { recent: 0, inARow: 0 });
      }
      return counts;
    });
  }

  async #call<Result>(call: string, effect: () => Result): Promise<Result> {
    const { turn = atOnce } = this.#options;
    return await turn(async () => await auditCall(this.#options, { call, effect }));
  }
}
