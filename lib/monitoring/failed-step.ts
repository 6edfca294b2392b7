import { listNames } from './alarm-text.ts';
import type { Step } from './rotation-metrics.ts';

export interface Parties {
  readonly databaseNames: readonly string[];
  readonly mirrorNames: readonly string[];
}

/** What a failed step could not do. */
const FINDINGS: Readonly<Record<Step, string>> = {
  createSecret: 'createSecret failed: the new password is not stored in every vault.',
  setSecret: 'setSecret failed: the new password is not set on every database.',
  testSecret: 'testSecret failed: the new password is not proven on every database.',
  finishSecret: 'finishSecret failed: the new password is not published in every vault.',
};

export function failedStepFinding(step: Step): string {
  return FINDINGS[step];
}

/**
 * In which state a failed step leaves each database and vault. It follows from what Lockstep promises (README, "What it
 * promises"): a step that fails looks at what AWSCURRENT still opens and mends it before it throws. Where that does not
 * succeed, an alarm of that database or mirror rings as well, so the text names the ones to look for.
 */
export function failedStepState(step: Step, { databaseNames, mirrorNames }: Parties): string {
  const databases = listNames(databaseNames);
  const mirrors = listNames(mirrorNames);
  if (step === 'createSecret') {
    return (
      `this step changes no database; ${databases} accept what they accepted before. ` +
      `AWSCURRENT and CURRENT of ${mirrors} have not moved.`
    );
  }
  return (
    `AWSCURRENT opens ${databases}, except where CurrentRefused or RestoreFailed of one rings too. ` +
    `${mirrors} holds AWSCURRENT as CURRENT, except where MirrorLag of it rings too.`
  );
}
