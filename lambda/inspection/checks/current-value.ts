import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'current-value';

/** A rotation begins with what AWSCURRENT holds: JSON with a user name and a password. */
export function currentValue({ current, vaults }: Examination): readonly Finding[] {
  const subject = 'secrets-manager';
  const error = vaults[0]?.error;
  if (error !== undefined) return [unchecked(CHECK, subject, reasonOf(error))];
  if (current?.document !== undefined) {
    return [ok(CHECK, subject, 'AWSCURRENT holds a user name and a password')];
  }
  const found =
    current === undefined
      ? 'no version carries AWSCURRENT'
      : `AWSCURRENT: ${current.problem ?? ''}`;
  return [
    wrong('failure', {
      check: CHECK,
      subject,
      found,
      remedy:
        'store the credential that the databases accept today as JSON with username and password (aws secretsmanager put-secret-value)',
    }),
  ];
}
