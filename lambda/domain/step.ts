/** The four steps of a rotation, spelled as Secrets Manager sends them. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/**
 * What the function does between rotations: `revoke` ends every password but AWSCURRENT's now, `retire` does so once
 * the time for it has come, `watch` tells the age of the secret, `clear-refusals` lets logins be tried again, `rehearse`
 * tells what a rotation would do.
 */
export const OPERATIONS = ['revoke', 'retire', 'watch', 'clear-refusals', 'rehearse'] as const;

export type Step = (typeof STEPS)[number];

/** Whether it is a step of a rotation, not an operation or an operator's task. */
export function isStep(text: string): text is Step {
  return (STEPS as readonly string[]).includes(text);
}

export type Operation = (typeof OPERATIONS)[number];
/** What an operator does to a rotation from outside the function, with rights of their own. */
export type OperatorTask = 'recover' | 'adopt';

/** Stands for the version in what an operation records: it has none of its own. */
export const NO_VERSION = 'none';

/** One call of the function. `versionId` is the event's ClientRequestToken. */
export interface RotationRequest {
  readonly step: Step | Operation;
  readonly secretArn: string;
  readonly versionId: string;
}
