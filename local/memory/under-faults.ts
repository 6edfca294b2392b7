import type { Clock, TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Fault, FaultPlan } from '../faults.ts';

/** Faults of something in memory. Every call asks the plan once, before anything takes effect. */
export interface MemoryFaults {
  /** @default no faults */
  readonly faults?: FaultPlan | undefined;
  /** Waits out the faults `delay` and `hang`. @default they are not waited out */
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  /** The caller's. A call that takes longer than it gives is given up. @default calls have all the time there is */
  readonly budget?: Pick<TimeBudget, 'timeoutMs'> | undefined;
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

/** What a caller waits at most, however much time it has; the adapters for databases do, others about as long. */
const CALL_MAX_MS = 10_000;

/**
 * Lets one call take effect as the fault plan has it.
 *
 * Where there is a budget, an answer that comes later than the caller waits is lost, though the call took effect, and what
 * never comes is waited for as long. Without one every answer is waited for, and what never comes fails at once.
 *
 * @throws DeadlineError when the budget has no time for a call, which then is not made and not in the journal
 * @throws what `errors` makes, for every fault but a `delay` that ends in time, and what `effect` throws
 */
export async function underFaults<Result>(
  { faults, clock, budget }: MemoryFaults,
  { call, effect, errors }: MemoryCall<Result>,
): Promise<Result> {
  // A real call never answers within the same turn.
  await Promise.resolve();
  const waitMaxMs = budget?.timeoutMs(CALL_MAX_MS);
  const fault = faults?.take(call);
  switch (fault?.kind) {
    case undefined:
      return effect();
    case 'delay': {
      const { delayMs, kind } = fault;
      if (waitMaxMs === undefined || delayMs <= waitMaxMs) {
        return await afterwards(effect, async () => await clock?.sleep(delayMs));
      }
      unseen(effect);
      await clock?.sleep(waitMaxMs);
      throw errors.lost(kind);
    }
    case 'loseReply':
    case 'cut':
      unseen(effect);
      throw errors.lost(fault.kind);
    case 'hang':
      if (waitMaxMs !== undefined) await clock?.sleep(waitMaxMs);
      throw errors.lost(fault.kind);
    case 'loseRequest':
      throw errors.lost(fault.kind);
    case 'throttle':
      throw errors.throttled();
    case 'refuse':
      throw errors.refused(fault);
  }
}

/** A refusal is an answer too, and late as any other. */
async function afterwards<Result>(
  effect: () => Result,
  wait: () => Promise<void>,
): Promise<Result> {
  try {
    return effect();
  } finally {
    await wait();
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
