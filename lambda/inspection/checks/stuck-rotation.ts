import type { Examination } from '../examination.ts';
import { ok, wrong, type Finding } from '../finding.ts';
import { STEP_MAX_MS } from '../step-limit.ts';

const CHECK = 'stuck-rotation';

/**
 * Whether AWSPENDING is on another version than AWSCURRENT and nobody is at work on it. Secrets Manager then refuses to
 * begin another rotation, and a call of RotateSecret tries the old one again (aws.md 1.3).
 */
export function stuckRotation({
  pending,
  accounts,
  nowMs,
  trail,
}: Examination): readonly Finding[] {
  const subject = 'secrets-manager';
  if (pending === undefined) return [ok(CHECK, subject, 'no rotation is under way')];
  const { version } = pending;
  const heardMs = trail.value?.find(({ versionId }) => versionId === version)?.timeMs ?? 0;
  if (nowMs - Math.max(heardMs, pending.createdMs ?? 0) <= STEP_MAX_MS) {
    return [ok(CHECK, subject, `a rotation to version ${version} is under way`)];
  }
  const holders = accounts.filter(
    ({ acceptance }) =>
      acceptance.outcome === 'accepted' &&
      acceptance.accepted.places.some((place) => place.version === version),
  );
  const names = holders.map(({ database }) => database).join(', ');
  return [
    wrong('failure', {
      check: CHECK,
      subject,
      found:
        holders.length === 0
          ? `version ${version} has carried AWSPENDING for long, and nobody works on it; no database is known to have its password`
          : `version ${version} has carried AWSPENDING for long, and nobody works on it; ${names} has its password, so the label must stay`,
      remedy:
        'mend what made the last step fail (lockstep status), then lockstep rotate, which tries the same version again',
    }),
  ];
}
