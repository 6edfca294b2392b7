import type { Examination } from '../examination.ts';
import { ok, reasonOf, wrong, type Finding } from '../finding.ts';

const CHECK = 'audit-trail';

/** Without a trail and its key a rotation changes nothing: the intent comes before the change. */
export function auditTrail({ trailTip }: Examination): readonly Finding[] {
  const subject = 'audit trail';
  if (trailTip.error !== undefined) {
    const { finding: found, remedy } = reasonOf(trailTip.error);
    return [wrong('failure', { check: CHECK, subject, found, remedy })];
  }
  const count = trailTip.value;
  if (count === 0) return [ok(CHECK, subject, 'it can be read, and has no entry yet')];
  return [ok(CHECK, subject, `it can be read; its newest entry, ${count}, is authentic`)];
}
