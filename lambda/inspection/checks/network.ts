import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'network';

/**
 * Whether each service that a rotation calls can be got to from here, where the rotation function runs too. A rotation that
 * stands still without a word in the log mostly lacks one of these ways; databases are seen to by `database-login`.
 */
export function network({ routes }: Examination): readonly Finding[] {
  if (routes.error !== undefined) return [unchecked(CHECK, 'services', reasonOf(routes.error))];
  return routes.value.map(({ subject, probe, durationMs }) => {
    if (probe.error === undefined) return ok(CHECK, subject, `it is reached in ${durationMs} ms`);
    const { finding, remedy } = reasonOf(probe.error);
    const found = `${finding} (after ${durationMs} ms)`;
    return wrong('failure', { check: CHECK, subject, found, remedy });
  });
}
