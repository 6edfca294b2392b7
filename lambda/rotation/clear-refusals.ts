import type { RotationContext } from './context.ts';

/**
 * A person says that what a database refused is mended: no refusal so far counts in the budget of refused logins any
 * more. It is for whoever has set the password right, or has unlocked the account, and will not wait for a day.
 *
 * @throws AuditError when it cannot be kept; the budget is then as it was for the databases that are left
 */
export async function clearRefusals({ databases, audit, logins }: RotationContext): Promise<void> {
  for (const { name: subject } of databases) {
    await audit.append({ event: 'refusals-cleared', subject });
    logins.cleared(subject);
  }
}
