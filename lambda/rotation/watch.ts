import { asLockstepError } from '../domain/errors.ts';
import type { Trust } from '../ports/trust.ts';
import type { RotationContext } from './context.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Tells how long ago the secret was rotated, or made where it never was, and how long the certificates last. Called once
 * an hour, because an alarm cannot wait for a rotation that does not come; reads the secret's description and where
 * certificates are kept, and nothing else. Copies of the audit trail are made up for in the same call (`catchUpCopies`).
 *
 * Certificates that cannot be used at all last 0 days, so that the same alarm rings, once, until they can. Of a place that
 * does not answer nothing is told: it is asked again in an hour.
 */
export async function watch(context: RotationContext): Promise<void> {
  await tellAge(context);
  await Promise.all(
    context.trusts.map(async (trust) => {
      await tellDaysLeft(context, trust);
    }),
  );
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

async function tellDaysLeft({ clock, reporter }: RotationContext, trust: Trust): Promise<void> {
  const { subject } = trust;
  const tell = (value: number): void => {
    reporter.metric({ name: 'CertificateDaysLeft', value, subject });
  };
  try {
    tell(Math.floor(((await trust.endMs()) - clock.now()) / DAY_MS));
  } catch (thrown) {
    const error = asLockstepError(thrown);
    reporter.warn('watch.certificate-unusable', { subject, error });
    if (error.retryability === 'terminal') tell(0);
  }
}
