import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'mirror-owned';

/** Nobody else may rotate a mirror's secret, and it has to be writable. */
export function mirrorOwned({ mirrors }: Examination): readonly Finding[] {
  return mirrors.map(({ name: subject, state }) => {
    if (state.error !== undefined) return unchecked(CHECK, subject, reasonOf(state.error));
    const { lifecycle, isReplica, isRotatedByVault } = state.value;
    const failure = (found: string, remedy: string): Finding =>
      wrong('failure', { check: CHECK, subject, found, remedy });
    if (isReplica) {
      return failure(
        'the secret is a replica, which cannot be written',
        'name the secret of the source region in rotations.json',
      );
    }
    if (isRotatedByVault) {
      return failure(
        'OCI rotates the secret itself',
        "switch the secret's own rotation off in OCI (oci vault secret update --rotation-config)",
      );
    }
    if (!['ACTIVE', 'UPDATING'].includes(lifecycle)) {
      return failure(
        `the secret is ${lifecycle}`,
        'bring it back: oci vault secret cancel-secret-deletion --secret-id …',
      );
    }
    return ok(CHECK, subject, `the secret is ${lifecycle}, and nobody else rotates it`);
  });
}
