import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'schedule-kept';

/** A date of the next rotation that lies in the past says that one was due and failed (DescribeSecret). */
export function scheduleKept({ description, nowMs }: Examination): readonly Finding[] {
  const subject = 'secrets-manager';
  if (description.error !== undefined) {
    return [unchecked(CHECK, subject, reasonOf(description.error))];
  }
  const { nextRotationMs } = description.value;
  if (nextRotationMs === undefined) return [ok(CHECK, subject, 'no next rotation is planned')];
  const next = new Date(nextRotationMs).toISOString();
  if (nextRotationMs >= nowMs) return [ok(CHECK, subject, `the next rotation is due by ${next}`)];
  return [
    wrong('failure', {
      check: CHECK,
      subject,
      found: `a rotation was due by ${next} and has not succeeded`,
      remedy: 'see the last failures with lockstep status, mend them, then lockstep rotate',
    }),
  ];
}
