import { AuditError } from '../../lambda/domain/errors.ts';
import { underFaults, type MemoryCall, type MemoryFaults } from './under-faults.ts';

/** Lets a call to the audit store or key take effect as the fault plan has it, and fail as the adapters do. */
export async function auditCall<Result>(
  faults: MemoryFaults,
  { call, effect }: Omit<MemoryCall<Result>, 'errors'>,
): Promise<Result> {
  const failure = (kind: string): AuditError =>
    new AuditError(`${call} failed (${kind})`, {
      subject: 'audit trail',
      remedy: 'wait for the retry',
    });
  return await underFaults(faults, {
    call,
    effect,
    errors: {
      refused: () => failure('refuse'),
      throttled: () => failure('throttle'),
      lost: failure,
    },
  });
}
