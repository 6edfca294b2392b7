import type { Clock } from '../domain/time-budget.ts';
import type { TrailHistory } from '../ports/trail-history.ts';
import type { RefusedLogins } from '../ports/audit-trail.ts';
import {
  REFUSED_LOGINS_IN_A_ROW_MAX,
  REFUSED_LOGINS_PER_DAY_MAX,
} from '../rotation/login-budget.ts';

/** What is left for the rotation: AWSCURRENT may be refused, and the next password after it. */
export const LEFT_TO_ROTATION = 2;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** A login that an inspection was refused. */
export interface InspectionRefusal {
  readonly database: string;
  readonly atMs: number;
}

export interface LoginAllowanceOptions {
  readonly trail: Pick<TrailHistory, 'refusedLogins'>;
  readonly clock: Pick<Clock, 'now'>;
  /** As LoginBudgetOptions. */
  readonly limits?: ReadonlyMap<string, number>;
  /** What inspections of the same container were refused before; refusals are added. */
  readonly refusals: InspectionRefusal[];
}

/**
 * How many refused logins an inspection may risk at each database. It takes part in the rotation's budget, which is
 * counted in the audit trail, and leaves two of it to the rotation. It may not write the trail, so its own refusals are
 * remembered for as long as its container lives.
 */
export class LoginAllowance {
  readonly #options: LoginAllowanceOptions;
  #refused: ReadonlyMap<string, RefusedLogins> | undefined;

  constructor(options: LoginAllowanceOptions) {
    this.#options = options;
  }

  /**
   * Counts what the trail has. Call it before the first login: until then there is no allowance.
   *
   * @throws AuditError when the trail cannot be read; then nothing may be tried
   */
  async count(): Promise<void> {
    const { trail, clock } = this.#options;
    // One refusal may be one too many, so that every count is to be exact.
    this.#refused = await trail.refusedLogins({ sinceMs: clock.now() - DAY_MS, enough: 1 });
  }

  /** How many refused logins in a row a rotation makes before it stops. */
  inARowMax(database: string): number {
    return this.#options.limits?.get(database) ?? REFUSED_LOGINS_IN_A_ROW_MAX;
  }

  left(database: string): number {
    if (this.#refused === undefined) return 0;
    const { limits, refusals, clock } = this.#options;
    const sinceMs = clock.now() - DAY_MS;
    const own = refusals.filter((one) => one.database === database && one.atMs > sinceMs).length;
    const { recent, inARow } = this.#refused.get(database) ?? { recent: 0, inARow: 0 };
    const today = (limits?.get(database) ?? REFUSED_LOGINS_PER_DAY_MAX) - recent;
    const row = this.inARowMax(database) - inARow;
    return Math.max(0, Math.min(today, row) - LEFT_TO_ROTATION - own);
  }

  /** One more login was refused. */
  spend(database: string): void {
    this.#options.refusals.push({ database, atMs: this.#options.clock.now() });
  }
}
