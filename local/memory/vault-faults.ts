import type { Fault, FaultPlan } from '../faults.ts';

type Refusal = Extract<Fault, { kind: 'refuse' }>;

/**
 * Lets one call to a vault's model take effect as the fault plan has it. `delay` answers at once: time is the
 * simulation's to advance.
 */
export async function underFaults<Result>(call: {
  readonly faults: FaultPlan | undefined;
  /** The call's name in the fault plan. */
  readonly call: string;
  readonly effect: () => Result;
  /** What to throw for a fault: the service's own refusal, its throttling, or no answer. */
  readonly refusal: (fault: Refusal) => Error;
  readonly throttling: () => Error;
  readonly noAnswer: (kind: string) => Error;
}): Promise<Result> {
  // A real call never answers within the same turn.
  await Promise.resolve();
  const fault = call.faults?.take(call.call);
  switch (fault?.kind) {
    case undefined:
    case 'delay':
      return call.effect();
    case 'loseReply':
    case 'cut':
      effectUnseen(call.effect);
      throw call.noAnswer(fault.kind);
    case 'loseRequest':
    case 'hang':
      throw call.noAnswer(fault.kind);
    case 'throttle':
      throw call.throttling();
    case 'refuse':
      throw call.refusal(fault);
  }
}

/** Whether the service would have refused is lost with its answer. */
function effectUnseen(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // The caller never learns of it.
  }
}
