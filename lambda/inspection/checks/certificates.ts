import type { Examination } from '../examination.ts';
import { ok, reasonOf, wrong, type Finding } from '../finding.ts';

const CHECK = 'certificates';
const DAY_MS = 24 * 60 * 60 * 1_000;
/** As the alarm of the deployment: time enough for a new certificate to be asked for, checked and deployed. */
const DAYS_LEFT_MIN = 30;

/** A database whose CA, or whose wallet's certificate, has ended is reached no more. */
export function certificates({ trusts, nowMs }: Examination): readonly Finding[] {
  return trusts.map(({ subject, end }) => {
    if (end.error !== undefined) {
      const { finding: found, remedy } = reasonOf(end.error);
      return wrong('failure', { check: CHECK, subject, found, remedy });
    }
    const days = Math.floor((end.value - nowMs) / DAY_MS);
    const found = `its certificates last ${Math.max(0, days)} more days`;
    if (days >= DAYS_LEFT_MIN) return ok(CHECK, subject, found);
    return wrong(days < 0 ? 'failure' : 'warning', {
      check: CHECK,
      subject,
      found,
      remedy:
        'put the new wallet where the old one is, or deploy with the new CA file; both may be trusted at once',
    });
  });
}
