import { asLockstepError, type LockstepError } from '../domain/errors.ts';
import type { Trust } from '../ports/trust.ts';
import type { RotationContext } from './context.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Tells how long ago the secret was rotated, or made where it never was, and how long the certificates last. Called once
 * an hour, because an alarm cannot wait for a rotation that does not come; reads the secret's description and where
 * certificates are kept, and nothing else.
 *
 * @throws LockstepError when certificates cannot be used that the next rotation will need. A place that does not answer is
 *   asked again in an hour
 */
export async function watch(context: RotationContext): Promise<void> {
  await tellAge(context);
  const outcomes = await Promise.all(
    context.trusts.map(async (trust) => await tellDaysLeft(context, trust)),
  );
  const terminal = outcomes.find((failure) => failure?.retryability === 'terminal');
  if (terminal !== undefined) throw terminal;
}

async function tellAge({ secrets, clock, reporter }: RotationContext): Promise<void> {
  const { rotatedMs, createdMs } = await secrets.describe();
  const sinceMs = rotatedMs ?? createdMs;
  if (sinceMs === undefined) {
    reporter.warn('watch.age-unknown');
    return;
  }
  reporter.metric({ name: 'SecretAgeMs', value: clock.now() - sinceMs });
}

async function tellDaysLeft(
  { clock, reporter }: RotationContext,
  trust: Trust,
): Promise<LockstepError | undefined> {
  const { subject } = trust;
  try {
    const daysLeft = Math.floor(((await trust.endMs()) - clock.now()) / DAY_MS);
    reporter.metric({ name: 'CertificateDaysLeft', value: daysLeft, subject });
    return undefined;
  } catch (thrown) {
    const error = asLockstepError(thrown);
    reporter.warn('watch.certificate-unknown', { subject, error });
    return error;
  }
}
