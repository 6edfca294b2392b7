import { LoginBudgetError } from '../domain/errors.ts';
import type { Clock } from '../domain/time-budget.ts';
import type { AuditTrail, RefusedLogins } from '../ports/audit-trail.ts';
import type { Database } from '../ports/database.ts';
import type { Reporter } from '../ports/reporter.ts';

export const REFUSED_LOGINS_PER_DAY_MAX = 5;
/** Below the ten after which Oracle's DEFAULT profile locks an account; it forgets none but by a login. */
export const REFUSED_LOGINS_IN_A_ROW_MAX = 9;
const DAY_MS = 24 * 60 * 60 * 1_000;
const NONE: RefusedLogins = { recent: 0, inARow: 0 };

/**
 * What a container remembers of refused logins between its calls: for the time in which the trail cannot be read or
 * written. `newRefusalMemory()` at first.
 */
export interface RefusalMemory {
  /** By the database's name: what was counted last, and what has been refused since. */
  readonly known: Map<string, RefusedLogins>;
  /** Refusals since the last login that was proven of which the trail does not know. */
  readonly unrecorded: Map<string, number>;
}

export function newRefusalMemory(): RefusalMemory {
  return { known: new Map(), unrecorded: new Map() };
}

export interface LoginBudgetOptions {
  readonly memory: RefusalMemory;
  readonly audit: AuditTrail;
  readonly clock: Pick<Clock, 'now'>;
  readonly reporter: Reporter;
  /**
   * How many a day, by the database's name; as many in a row then.
   *
   * @default REFUSED_LOGINS_PER_DAY_MAX and REFUSED_LOGINS_IN_A_ROW_MAX for each
   */
  readonly limits?: ReadonlyMap<string, number>;
}

/**
 * How many refused logins each database may still see. Secrets Manager repeats a failed rotation; a function that kept
 * trying would lock the account. What was refused is in the audit trail, so the count outlives the process.
 *
 * Servers count what they refuse in a row and forget it with the next login, not with the next day. So there are two
 * limits: one for a day, after which the next day's attempt may find that a person has mended it, and one for what is
 * refused in a row, after which a person has to say so (`clearRefusals`).
 */
export class LoginBudget {
  readonly #options: LoginBudgetOptions;

  constructor(options: LoginBudgetOptions) {
    this.#options = options;
  }

  /**
   * Counts the refusals so far. Call it before the first login of a step.
   *
   * Where the trail cannot be read, what the container remembers counts, be it nothing: this step may be what lets people
   * in again.
   *
   * @throws LoginBudgetError when one of the databases has none left
   */
  async require(databases: readonly Database[]): Promise<void> {
    try {
      await this.#count(databases);
    } catch (error) {
      this.#options.reporter.warn('login-budget.not-counted', { error });
    }
    const spent = databases.find(({ name }) => this.left(name) === 0);
    if (spent !== undefined) throw this.#spent(spent);
  }

  async #count(databases: readonly Database[]): Promise<void> {
    const { audit, clock, limits, memory } = this.#options;
    const sinceMs = clock.now() - DAY_MS;
    const enough = Math.min(REFUSED_LOGINS_PER_DAY_MAX, ...(limits?.values() ?? []));
    const counted = await audit.refusedLogins({ sinceMs, enough });
    for (const { name } of databases) {
      const { recent, inARow } = counted.get(name) ?? NONE;
      const more = memory.unrecorded.get(name) ?? 0;
      memory.known.set(name, { recent: recent + more, inARow: inARow + more });
    }
  }

  left(name: string): number {
    const { recent, inARow } = this.#known(name);
    const { perDay, row } = this.#limits(name);
    return Math.max(0, Math.min(perDay - recent, row - inARow));
  }

  /** One more login was refused. */
  spend(name: string): void {
    const { recent, inARow } = this.#known(name);
    this.#options.memory.known.set(name, { recent: recent + 1, inARow: inARow + 1 });
  }

  /** That could not be recorded. */
  notRecorded(name: string): void {
    const { unrecorded } = this.#options.memory;
    unrecorded.set(name, (unrecorded.get(name) ?? 0) + 1);
  }

  /** A login was proven: the server counts from none again. */
  proven(name: string): void {
    const { known, unrecorded } = this.#options.memory;
    known.set(name, { ...this.#known(name), inARow: 0 });
    unrecorded.delete(name);
  }

  /** A person says that what was refused is mended. */
  cleared(name: string): void {
    const { known, unrecorded } = this.#options.memory;
    known.delete(name);
    unrecorded.delete(name);
  }

  #known(name: string): RefusedLogins {
    return this.#options.memory.known.get(name) ?? NONE;
  }

  #limits(name: string): { readonly perDay: number; readonly row: number } {
    const given = this.#options.limits?.get(name);
    return {
      perDay: given ?? REFUSED_LOGINS_PER_DAY_MAX,
      row: given ?? REFUSED_LOGINS_IN_A_ROW_MAX,
    };
  }

  #spent({ name }: Database): LoginBudgetError {
    const { recent, inARow } = this.#known(name);
    const { row } = this.#limits(name);
    const isRow = inARow >= row;
    const what = isRow ? `${inARow} logins in a row` : `${recent} logins in 24 hours`;
    const until = isRow ? '' : 'a day after the refusals, or ';
    return new LoginBudgetError(`it has refused ${what}, and the next could lock the account`, {
      subject: name,
      remedy:
        'find out which password the database accepts and store it as AWSCURRENT, or set there the one that AWSPENDING holds; ' +
        `logins are tried again ${until}once {"operation":"clear-refusals"} is sent to the function`,
    });
  }
}
