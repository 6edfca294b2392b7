import { AuditError } from '../../lambda/domain/errors.ts';
import type { Clock } from '../../lambda/domain/time-budget.ts';
import type { FaultPlan } from '../faults.ts';

export interface AuditFaults {
  /** @default no faults */
  readonly faults?: FaultPlan;
  /** Waits out the fault `delay`. @default it is not waited out */
  readonly clock?: Pick<Clock, 'sleep'>;
}

/** Lets a call to the audit store or key take effect as the fault plan has it, and fail as the adapters do. */
export async function underFaults<Result>(
  { faults, clock }: AuditFaults,
  { call, effect }: { readonly call: string; readonly effect: () => Result },
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
      effect();
      throw failure(call, fault.kind);
    case 'refuse':
    case 'throttle':
    case 'loseRequest':
    case 'hang':
      throw failure(call, fault.kind);
  }
}

function failure(call: string, kind: string): AuditError {
  return new AuditError(`${call} failed (${kind})`, {
    subject: 'audit trail',
    remedy: 'wait for the retry',
  });
}
