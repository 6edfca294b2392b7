import { LoginBudgetError } from '../domain/errors.ts';
import type { Clock } from '../domain/time-budget.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { Database } from '../ports/database.ts';
import type { Reporter } from '../ports/reporter.ts';

/** Below the ten in a row after which Oracle's DEFAULT profile locks an account. */
export const REFUSED_LOGINS_PER_DAY_MAX = 5;
const DAY_MS = 24 * 60 * 60 * 1_000;

export interface LoginBudgetOptions {
  readonly audit: AuditTrail;
  readonly clock: Pick<Clock, 'now'>;
  readonly reporter: Reporter;
  /** By the database's name. @default REFUSED_LOGINS_PER_DAY_MAX for each */
  readonly limits?: ReadonlyMap<string, number>;
}

/**
 * How many refused logins each database may still see. Secrets Manager repeats a failed rotation; a function that kept
 * trying would lock the account. What was refused is in the audit trail, so the count outlives the process.
 */
export class LoginBudget {
  readonly #options: LoginBudgetOptions;
  #refused = new Map<string, number>();

  constructor(options: LoginBudgetOptions) {
    this.#options = options;
  }

  /**
   * Counts the last day's refusals. Call it before the first login of a step.
   *
   * A trail that cannot be read counts as none: it must not keep people out whom this step could let in.
   *
   * @throws LoginBudgetError when one of the databases has none left
   */
  async require(databases: readonly Database[]): Promise<void> {
    const { audit, clock, reporter } = this.#options;
    try {
      const sinceMs = clock.now() - DAY_MS;
      this.#refused = new Map(await audit.countBySubject({ event: 'login-refused', sinceMs }));
    } catch (error) {
      reporter.warn('login-budget.not-counted', { error });
    }
    const spent = databases.find(({ name }) => this.left(name) === 0);
    if (spent === undefined) return;
    throw new LoginBudgetError(`it has refused ${this.#limit(spent.name)} logins in 24 hours`, {
      subject: spent.name,
      remedy:
        'find out which password the database accepts and store it as AWSCURRENT; ' +
        'no login is tried until a day after the refusals',
    });
  }

  left(name: string): number {
    return Math.max(0, this.#limit(name) - (this.#refused.get(name) ?? 0));
  }

  /** One more login was refused. */
  spend(name: string): void {
    this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
  }

  #limit(name: string): number {
    return this.#options.limits?.get(name) ?? REFUSED_LOGINS_PER_DAY_MAX;
  }
}
