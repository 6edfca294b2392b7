import { asLockstepError, type LockstepError } from '../domain/errors.ts';
import type { RotationContext } from './context.ts';
import { createSecret } from './create-secret.ts';
import { finishSecret, repeatFinish } from './finish-secret.ts';
import { guard, type Progress } from './guard.ts';
import { record } from './record.ts';
import { setSecret } from './set-secret.ts';
import { testSecret } from './test-secret.ts';

/**
 * Runs one step of a rotation. Every step may run again, in a new process, at any point of its own or a later run.
 *
 * @throws LockstepError naming the database or vault, what was undone and what to do next; it is in the audit trail
 *   and in the metrics by then
 */
export async function rotate(context: RotationContext): Promise<void> {
  const { step, versionId } = context.request;
  const startedMs = context.clock.now();
  context.reporter.info('step.started', { step, versionId });
  try {
    await runStep(context, await guard(context));
  } catch (thrown) {
    const error = asLockstepError(thrown);
    await reportFailure(context, error);
    throw error;
  }
  const durationMs = context.clock.now() - startedMs;
  context.reporter.info('step.succeeded', { step, versionId, durationMs });
  context.reporter.metric({ name: 'StepDurationMs', value: durationMs });
  context.reporter.metric({ name: 'StepSucceeded', value: 1 });
}

async function runStep(context: RotationContext, progress: Progress): Promise<void> {
  // A replay after the commit: changing anything now would undo a rotation that has succeeded.
  if (progress === 'committed') {
    if (context.request.step === 'finishSecret') await repeatFinish(context);
    return;
  }
  switch (context.request.step) {
    case 'createSecret':
      await createSecret(context);
      return;
    case 'setSecret':
      await setSecret(context);
      return;
    case 'testSecret':
      await testSecret(context);
      return;
    case 'finishSecret':
      await finishSecret(context);
  }
}

async function reportFailure(context: RotationContext, error: LockstepError): Promise<void> {
  context.budget.releaseForReport();
  const { step, versionId } = context.request;
  context.reporter.warn('step.failed', { step, versionId, error });
  context.reporter.metric({ name: 'StepFailed', value: 1, subject: error.name });
  await record(context, {
    event: 'step-failed',
    subject: error.subject ?? context.secrets.name,
    error: error.name,
  });
}
