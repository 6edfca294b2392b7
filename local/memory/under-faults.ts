import type { Clock } from '../../lambda/domain/time-budget.ts';
import type { Fault, FaultPlan } from '../faults.ts';

/** Faults of something in memory. Every call asks the plan once, before anything takes effect. */
export interface MemoryFaults {
  /** @default no faults */
  readonly faults?: FaultPlan | undefined;
  /** Waits out the fault `delay`. @default it is not waited out */
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
}

/** What the caller sees of a fault, in the shape of the service, driver or adapter that stands here. */
export interface FaultErrors {
  /** The other side answered with an error: the one that the fault names, or its usual one. */
  readonly refused: (named: Extract<Fault, { kind: 'refuse' }>) => Error;
  /** The other side has too much to do. */
  readonly throttled: () => Error;
  /** The line was cut, or nothing came for too long. */
  readonly lost: (kind: Fault['kind']) => Error;
}

export interface MemoryCall<Result> {
  /** The call's name in the fault plan. */
  readonly call: string;
  readonly effect: () => Result;
  readonly errors: FaultErrors;
}

/**
 * Lets one call take effect as the fault plan has it.
 *
 * @throws what `errors` makes, for every fault but `delay`, and what `effect` throws
 */
export async function underFaults<Result>(
  { faults, clock }: MemoryFaults,
  { call, effect, errors }: MemoryCall<Result>,
): Promise<Result> {
  // A real call never answers within the same turn.
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
      unseen(effect);
      throw errors.lost(fault.kind);
    case 'loseRequest':
    case 'hang':
      throw errors.lost(fault.kind);
    case 'throttle':
      throw errors.throttled();
    case 'refuse':
      throw errors.refused(fault);
  }
}

/** Whether the other side would have refused is lost with its answer. */
function unseen(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // The caller never learns of it.
  }
}
