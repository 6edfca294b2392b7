import type { RotationContext } from './context.ts';

/**
 * Tells how long ago the secret was rotated, or made where it never was. Called once an hour, because an alarm cannot
 * wait for a rotation that does not come; reads the secret's description and nothing else.
 */
export async function watch({ secrets, clock, reporter }: RotationContext): Promise<void> {
  const { rotatedMs, createdMs } = await secrets.describe();
  const sinceMs = rotatedMs ?? createdMs;
  if (sinceMs === undefined) {
    reporter.warn('watch.age-unknown');
    return;
  }
  reporter.metric({ name: 'SecretAgeMs', value: clock.now() - sinceMs });
}
