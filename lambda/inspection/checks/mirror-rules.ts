import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'mirror-rules';

/** Rules of a secret that a rotation can run into (oci.md 1.7). */
export function mirrorRules({ mirrors }: Examination): readonly Finding[] {
  return mirrors.flatMap(({ name: subject, state }) => {
    if (state.error !== undefined) return [unchecked(CHECK, subject, reasonOf(state.error))];
    const { refusesReuse, expiry } = state.value;
    const warning = (found: string, remedy: string): Finding =>
      wrong('warning', { check: CHECK, subject, found, remedy });
    const findings = [
      ...(refusesReuse
        ? [
            warning(
              'a reuse rule refuses a value that another version has, so that a mirror may not be levelled with it',
              'take the reuse rule off the secret: every rotation makes a new value anyway',
            ),
          ]
        : []),
      ...(expiry === 'blocks-reading'
        ? [
            warning(
              'an expiry rule keeps applications from reading a version that is too old, should a rotation be late',
              'take "block retrieval on expiry" off the rule, or see that it leaves a rotation time to fail and be mended',
            ),
          ]
        : []),
    ];
    return findings.length > 0 ? findings : [ok(CHECK, subject, 'no rule stands in the way')];
  });
}
