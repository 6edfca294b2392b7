import type { AuditEvent } from '../domain/audit-event.ts';
import { asLockstepError, type LockstepError } from '../domain/errors.ts';
import type { RotationWorld } from './context.ts';

/** Records something that has already happened, without waiting for it; see `record`. */
export function recordAside(context: RotationWorld, event: AuditEvent): void {
  context.aside.add(record(context, event));
}

/**
 * Records something that has already happened, so a trail that cannot be written stops nothing: the event is then
 * logged (it holds no secret) and metered.
 *
 * @returns what went wrong, for finishSecret, which throws it after the commit
 */
export async function record(
  context: RotationWorld,
  event: AuditEvent,
): Promise<LockstepError | undefined> {
  try {
    await context.audit.append(event);
    return undefined;
  } catch (error) {
    const { event: name, subject } = event;
    context.reporter.warn('audit.entry-missing', { entry: { event: name, subject }, error });
    context.reporter.metric({ name: 'AuditFailed', value: 1 });
    return asLockstepError(error);
  }
}
