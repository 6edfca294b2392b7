import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'mirror-head-room';
/** OCI: 30 versions in use and 30 that wait for their deletion (oci.md 1.8). */
const IN_USE_MAX = 30;
const DELETING_MAX = 30;
/** Rotations keep some ten versions; more says that pruning fails. */
const IN_USE_MANY = 20;
const DELETING_MANY = 25;

/** A mirror that is full takes no new version. A rotation prunes; where it may not, the mirror fills up. */
export function mirrorHeadRoom({ mirrors }: Examination): readonly Finding[] {
  return mirrors.map(({ name: subject, versions }) => {
    if (versions.error !== undefined) return unchecked(CHECK, subject, reasonOf(versions.error));
    const deleting = versions.value.filter((one) => one.isScheduledForDeletion).length;
    const inUse = versions.value.length - deleting;
    const found = `${inUse} of ${IN_USE_MAX} versions are in use, ${deleting} of ${DELETING_MAX} wait for their deletion`;
    if (inUse < IN_USE_MANY && deleting < DELETING_MANY) return ok(CHECK, subject, found);
    return wrong(inUse >= IN_USE_MAX || deleting >= DELETING_MAX ? 'failure' : 'warning', {
      check: CHECK,
      subject,
      found,
      remedy:
        'see that the mirror’s user may "manage secret-versions" (lockstep policy oci), so that rotations prune; or rotate less often',
    });
  });
}
