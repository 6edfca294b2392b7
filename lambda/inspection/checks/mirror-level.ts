import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'mirror-level';

/** Each mirror's CURRENT version has to hold what AWSCURRENT holds, byte for byte. */
export function mirrorLevel({ vaults, current, pending }: Examination): readonly Finding[] {
  const [, ...mirrors] = vaults;
  return mirrors.map(({ name: subject, versions, error }) => {
    if (error !== undefined) return unchecked(CHECK, subject, reasonOf(error));
    const held = versions.find(({ labels }) => labels.includes('CURRENT'));
    if (current?.document === undefined) {
      return unchecked(CHECK, subject, {
        finding: 'AWSCURRENT could not be read',
        remedy: 'see current-value',
      });
    }
    if (held?.holds(current.document) === true) {
      return ok(CHECK, subject, 'its CURRENT version holds what AWSCURRENT holds');
    }
    return wrong(pending === undefined ? 'failure' : 'warning', {
      check: CHECK,
      subject,
      found: 'its CURRENT version holds something else than AWSCURRENT',
      remedy:
        pending === undefined
          ? 'lockstep recover, which levels the mirror; a rotation does so too'
          : 'let the rotation that is under way end',
    });
  });
}
