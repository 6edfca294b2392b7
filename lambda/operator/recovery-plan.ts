import type { Credential } from '../domain/credential.ts';
import type { SecretDocument } from '../domain/secret-document.ts';

/** Who opens a database for a change: a stored credential, or the configured superuser. */
export type Opener = { readonly credential: Credential; readonly place: string } | 'the superuser';

/** One thing that a recovery does. Each may be done again, by a later run too, wherever one dies. */
export type RecoveryStep =
  /** The version is not in Secrets Manager yet. */
  | { readonly kind: 'store' }
  | { readonly kind: 'stage-in-mirror'; readonly mirror: string }
  | { readonly kind: 'set'; readonly database: string; readonly opener: Opener }
  | { readonly kind: 'level'; readonly mirror: string }
  /** `from`: the version that has AWSCURRENT now. */
  | { readonly kind: 'move-current'; readonly from: string | undefined }
  | { readonly kind: 'remove-pending'; readonly versionId: string };

/** What brings everything back in step with one stored credential. */
export interface RecoveryPlan {
  readonly username: string;
  /** The version that is to be AWSCURRENT in the end. */
  readonly versionId: string;
  readonly document: SecretDocument;
  /** Where its password is stored now. */
  readonly place: string;
  /** Why it is this one, for people. */
  readonly reason: string;
  /** In the order in which they are done; what is right already is not among them. */
  readonly steps: readonly RecoveryStep[];
}

/** Why nothing can be done from here: a sentence and a remedy for each obstacle. */
export interface RecoveryObstacle {
  readonly subject: string;
  readonly finding: string;
  readonly remedy: string;
}

/** A plan as sentences, one a step. It names no password. */
export function planText(plan: RecoveryPlan): readonly string[] {
  return plan.steps.map((step) => stepText(step, plan));
}

function stepText(step: RecoveryStep, { versionId, username }: RecoveryPlan): string {
  switch (step.kind) {
    case 'store':
      return `store it in Secrets Manager as version ${versionId}`;
    case 'stage-in-mirror':
      return `store it in ${step.mirror} as version ${versionId}, pending`;
    case 'set': {
      const opener =
        step.opener === 'the superuser' ? step.opener : `what it has now, ${step.opener.place}`;
      return `set it on ${step.database} for ${username}, which is opened by ${opener}`;
    }
    case 'level':
      return `make it the CURRENT version of ${step.mirror}`;
    case 'move-current':
      return `move AWSCURRENT to version ${versionId}`;
    case 'remove-pending':
      return `take AWSPENDING off version ${step.versionId}, whose password is live nowhere`;
  }
}
