import type { Clock } from '../../lambda/domain/time-budget.ts';
import type { FaultPlan } from '../faults.ts';

/** Faults of a database in memory. Every call asks the plan once, before anything takes effect. */
export interface DatabaseFaults {
  /** @default no faults */
  readonly faults?: FaultPlan;
  /** Waits out the fault `delay`. @default it is not waited out */
  readonly clock?: Pick<Clock, 'sleep'>;
}

/** What a driver would reject with. The adapters' own functions turn it into an error of the port. */
export interface DriverErrors {
  /** The server answered with an error: the one that the fault names, or one of the database's choice. */
  readonly refused: (named: { readonly code?: string; readonly message?: string }) => Error;
  /** The server has no session to spare. */
  readonly throttled: () => Error;
  /** The line was cut, or nothing came for too long. */
  readonly cut: () => Error;
}

/**
 * Lets a call take effect as the fault plan has it.
 *
 * @throws what `errors` makes, for every fault but `delay`
 */
export async function underFaults<Result>(
  { faults, clock }: DatabaseFaults,
  {
    call,
    effect,
    errors,
  }: { readonly call: string; readonly effect: () => Result; readonly errors: DriverErrors },
): Promise<Result> {
  await Promise.resolve();
  const fault = faults?.take(call);
  switch (fault?.kind) {
    case undefined:
      return effect();
    case 'delay': {
      const result = effect();
      await clock?.sleep(fault.delayMs);
      return result;
    }
    case 'loseReply':
    case 'cut':
      attempt(effect);
      throw errors.cut();
    case 'loseRequest':
    case 'hang':
      throw errors.cut();
    case 'throttle':
      throw errors.throttled();
    case 'refuse':
      throw errors.refused(fault);
  }
}

/** An error is an answer as well, and it is lost like any other. */
function attempt(effect: () => unknown): void {
  try {
    effect();
  } catch {
    return;
  }
}
