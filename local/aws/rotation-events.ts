export const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type RotationStep = (typeof ROTATION_STEPS)[number];

/**
 * What the rotation function receives: four fields, the step in camel case (the templates of
 * aws-samples/aws-secrets-manager-rotation-lambdas; User Guide, rotate-secrets_lambda). RotationToken
 * must not be logged.
 */
export interface RotationEvent {
  readonly Step: RotationStep;
  /** The ARN, whatever RotateSecret was called with. */
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly RotationToken: string;
}

/** Which rotation; `isTest` for the testSecret call that RotateImmediately=false makes. */
export interface Rotation {
  readonly secretArn: string;
  readonly versionId: string;
  readonly isTest: boolean;
}

export interface Failure {
  readonly errorName: string;
  readonly errorMessage: string;
}

/** `labelMoved`: neither AWSPENDING nor AWSCURRENT is on the version any more. */
export type AbandonReason = 'labelMoved' | 'cancelled' | 'closed';

/** `attempt` counts from 1; each attempt begins again at createSecret. */
interface StepOf {
  readonly step: RotationStep;
  readonly attempt: number;
}

/** What happens to a rotation. The names of its beginning and ends are those of AWS's CloudTrail events. */
export type RotationHappening =
  | { readonly kind: 'rotationStarted' }
  | ({ readonly kind: 'stepStarted' } & StepOf)
  | ({ readonly kind: 'stepSucceeded'; readonly ms: number } & StepOf)
  | ({ readonly kind: 'stepFailed'; readonly ms: number } & StepOf & Failure)
  | { readonly kind: 'rotationSucceeded'; readonly attempts: number }
  | ({ readonly kind: 'rotationFailed'; readonly attempts: number } & Failure)
  | { readonly kind: 'rotationAbandoned'; readonly reason: AbandonReason };

/** What a listener is told, as it happens. */
export type RotationNews = RotationHappening & Rotation;

/** How a rotation ended; after `failed` AWSPENDING stays, and the next RotateSecret is refused. */
export type RotationOutcome =
  | { readonly status: 'succeeded'; readonly attempts: number }
  | ({ readonly status: 'failed'; readonly attempts: number } & Failure)
  | { readonly status: 'abandoned'; readonly reason: AbandonReason };
