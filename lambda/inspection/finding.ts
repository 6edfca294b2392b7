import type { LockstepError } from '../domain/errors.ts';

/** `unchecked`: what the check looks at could not be had. */
export type FindingOutcome = 'ok' | 'warning' | 'failure' | 'unchecked';

/** What one check says of one thing. Texts hold no secret. */
export interface Finding {
  readonly check: string;
  /** The database, vault or other thing that was looked at. */
  readonly subject: string;
  readonly outcome: FindingOutcome;
  readonly found: string;
  /** A command or a step; left out where nothing is to be done. */
  readonly remedy: string | undefined;
}

/** All that was found of a rotation. */
export interface DoctorReport {
  readonly rotation: string;
  readonly at: string;
  readonly findings: readonly Finding[];
}

export function ok(check: string, subject: string, found: string): Finding {
  return { check, subject, outcome: 'ok', found, remedy: undefined };
}

/** Something is wrong, or will be. */
export function wrong(
  outcome: 'warning' | 'failure',
  { check, subject, found, remedy }: Omit<Finding, 'outcome' | 'remedy'> & { remedy: string },
): Finding {
  return { check, subject, outcome, found, remedy };
}

/** The check could not be made, for this reason. */
export function unchecked(check: string, subject: string, { finding, remedy }: Reason): Finding {
  return { check, subject, outcome: 'unchecked', found: finding, remedy };
}

interface Reason {
  readonly finding: string;
  readonly remedy: string;
}

/** An error of the family as a reason: its text without the subject and the remedy that it ends in. */
export function reasonOf({ message, remedy, subject }: LockstepError): Reason {
  const withoutRemedy = message.replace(` Next: ${remedy}.`, '');
  const finding = subject === undefined ? withoutRemedy : withoutRemedy.replace(`${subject}: `, '');
  return { finding: finding.replace(/\.$/, ''), remedy };
}
