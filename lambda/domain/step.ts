/** The four steps of a rotation, spelled as Secrets Manager sends them. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type Step = (typeof STEPS)[number];

/** One call of the function by Secrets Manager. `versionId` is the event's ClientRequestToken. */
export interface RotationRequest {
  readonly step: Step;
  readonly secretArn: string;
  readonly versionId: string;
}
