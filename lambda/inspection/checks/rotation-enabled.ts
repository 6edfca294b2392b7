import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'rotation-enabled';

/** CancelRotateSecret switches rotation off, and nothing switches it on again by itself. */
export function rotationEnabled({ description }: Examination): readonly Finding[] {
  const subject = 'secrets-manager';
  if (description.error !== undefined) {
    return [unchecked(CHECK, subject, reasonOf(description.error))];
  }
  if (description.value.rotationEnabled) return [ok(CHECK, subject, 'rotation is switched on')];
  return [
    wrong('failure', {
      check: CHECK,
      subject,
      found: 'rotation is switched off on the secret',
      remedy: 'deploy the rotation again, or aws secretsmanager rotate-secret with its rules',
    }),
  ];
}
