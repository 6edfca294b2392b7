import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'mirror-writable';
const WRITES = ['staged', 'promoted', 'mirror-levelled'];

/**
 * Whether OCI let the last rotation write to each mirror, by what the trail says: the inspector must not write, and may be
 * somebody else to OCI. What it may read there shows in the other checks of mirrors.
 */
export function mirrorWritable({ mirrors, trail }: Examination): readonly Finding[] {
  return mirrors.map(({ name: subject }) => {
    if (trail.error !== undefined) return unchecked(CHECK, subject, reasonOf(trail.error));
    const last = trail.value.find(
      (entry) =>
        entry.subject === subject &&
        (WRITES.includes(entry.event) || entry.error === 'VaultRefusedError'),
    );
    if (last === undefined) return ok(CHECK, subject, 'no rotation has written to it of late');
    const at = new Date(last.timeMs).toISOString();
    if (last.error === undefined) return ok(CHECK, subject, `a rotation wrote to it at ${at}`);
    return wrong('failure', {
      check: CHECK,
      subject,
      found: `it refused the rotation function in ${last.step} at ${at}, and nothing was written since`,
      remedy:
        'see that the policy has the four statements that lockstep policy oci prints, and for the group that the user is in; then lockstep rotate',
    });
  });
}
