import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'login-budget';

/** How many refused logins are left for the day. A rotation that has none left fails without trying. */
export function loginBudget({ loginsLeft, trail }: Examination): readonly Finding[] {
  if (trail.error !== undefined) return [unchecked(CHECK, 'audit trail', reasonOf(trail.error))];
  return [...loginsLeft].map(([subject, left]) =>
    left > 0
      ? ok(CHECK, subject, `${left} more may be refused today without touching the rotation's own`)
      : wrong('warning', {
          check: CHECK,
          subject,
          found: 'it has refused so many logins today that a rotation may soon not try any more',
          remedy: 'find out who or what uses an old password; the count ends a day after them',
        }),
  );
}
