import type { Examination } from '../examination.ts';
import { ok, reasonOf, wrong, type Finding } from '../finding.ts';

const CHECK = 'change-permitted';

/**
 * Whether each user could change its password now, as far as the database tells without a change: on PostgreSQL a change
 * that is rolled back (rds_password, privileges), on MySQL one that cannot succeed, on MariaDB who may alter users, on
 * Oracle whether it is the primary. And whether the session is the user's own, and the test query runs.
 */
export function changePermitted({ accounts, sessions }: Examination): readonly Finding[] {
  return accounts.flatMap(({ database: subject, username }) => {
    const session = sessions.get(`${subject} ${username}`);
    if (session === undefined) return [];
    const error = session.check.error ?? session.rehearsal.error;
    if (error === undefined) {
      return [ok(CHECK, subject, `${username} may change its own password`)];
    }
    const { finding: found, remedy } = reasonOf(error);
    return [wrong('failure', { check: CHECK, subject, found, remedy })];
  });
}
