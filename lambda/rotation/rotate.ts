import { asLockstepError, type LockstepError } from '../domain/errors.ts';
import type { RehearsalReport } from '../domain/rehearsal-report.ts';
import type { Step } from '../domain/step.ts';
import { clearRefusals } from './clear-refusals.ts';
import type { RotationContext } from './context.ts';
import { catchUpCopies } from './copy-trail.ts';
import { createSecret } from './create-secret.ts';
import { finishSecret, repeatFinish } from './finish-secret.ts';
import { guard, type Progress } from './guard.ts';
import { record } from './record.ts';
import { rehearse } from './rehearse.ts';
import { retire, revoke } from './revoke.ts';
import { setSecret } from './set-secret.ts';
import { testSecret } from './test-secret.ts';
import { watch } from './watch.ts';

/**
 * Runs one step of a rotation, or an operation between rotations. Each may run again, in a new process, at any point of
 * its own or a later run.
 *
 * @returns what an operation that was asked has to tell
 * @throws LockstepError naming the database or vault, what was undone and what to do next; it is in the audit trail
 *   and in the metrics by then
 */
export async function rotate(context: RotationContext): Promise<RehearsalReport | undefined> {
  const { step, versionId } = context.request;
  const startedMs = context.clock.now();
  context.reporter.info('step.started', { step, versionId });
  let answer: RehearsalReport | undefined;
  try {
    answer = await run(context);
  } catch (thrown) {
    const error = asLockstepError(thrown);
    await reportFailure(context, error);
    await context.aside.settled();
    throw error;
  }
  if (step === 'finishSecret' || step === 'watch') await catchUpCopies(context);
  await context.aside.settled();
  const durationMs = context.clock.now() - startedMs;
  context.reporter.info('step.succeeded', { step, versionId, durationMs });
  context.reporter.metric({ name: 'StepDurationMs', value: durationMs, subject: step });
  context.reporter.metric({ name: 'StepSucceeded', value: 1, subject: step });
  return answer;
}

async function run(context: RotationContext): Promise<RehearsalReport | undefined> {
  const { step } = context.request;
  switch (step) {
    case 'rehearse':
      return await rehearse(context);
    case 'revoke':
      await revoke(context);
      return undefined;
    case 'retire':
      await retire(context);
      return undefined;
    case 'watch':
      await watch(context);
      return undefined;
    case 'clear-refusals':
      await clearRefusals(context);
      return undefined;
    case 'createSecret':
    case 'setSecret':
    case 'testSecret':
    case 'finishSecret':
      await runStep(context, step, await guard(context));
      return undefined;
  }
}

async function runStep(context: RotationContext, step: Step, progress: Progress): Promise<void> {
  // A replay after the commit: changing anything now would undo a rotation that has succeeded.
  if (progress === 'committed') {
    if (step !== 'finishSecret') return;
    context.warmUp('vaults');
    await repeatFinish(context);
    return;
  }
  context.warmUp(step === 'createSecret' ? 'vaults' : 'everything');
  switch (step) {
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
  // Two metrics: CloudWatch cannot add up the kinds of errors to a step, nor the steps to a kind.
  context.reporter.metric({ name: 'StepFailed', value: 1, subject: step });
  context.reporter.metric({ name: 'StepFailed', value: 1, subject: error.name });
  await record(context, {
    event: 'step-failed',
    subject: error.subject ?? context.secrets.name,
    error: error.name,
  });
}
