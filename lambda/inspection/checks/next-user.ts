import type { Examination } from '../examination.ts';
import { ok, wrong, type Finding } from '../finding.ts';

const CHECK = 'next-user';

/** Where users alternate, the next rotation logs in as the other user, or a superuser has to set its password. */
export function nextUser({ strategy, accounts, current }: Examination): readonly Finding[] {
  if (strategy.kind === 'single-user') return [];
  const active = current?.document?.credential.username;
  return accounts
    .filter(({ username }) => username !== active)
    .flatMap(({ database: subject, username, acceptance }) => {
      if (acceptance.outcome === 'accepted') {
        return [
          ok(CHECK, subject, `it accepts a stored password of ${username}, whose turn is next`),
        ];
      }
      if (acceptance.outcome !== 'none') return [];
      return [
        wrong('warning', {
          check: CHECK,
          subject,
          found: `no stored password opens ${username}, whose turn is next`,
          remedy:
            'name a superuser ("superuserSecretArn") for the next rotation, or store its password as a version of the secret',
        }),
      ];
    });
}
