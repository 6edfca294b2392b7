import { EventField } from 'aws-cdk-lib/aws-events';
import { listNames } from './alarm-text.ts';
import type { EventTeller } from './event-teller.ts';
import { failedStepState } from './failed-step.ts';
import { operatorCommands } from './operator-commands.ts';
import type { AlarmPlace } from './rotation-alarm.ts';

/** What Secrets Manager says about a rotation by itself. Only CloudTrail carries it: the account needs a trail. */
const EVENTS = ['RotationFailed', 'RotationAbandoned', 'TestRotationFailed'] as const;
type ServiceEvent = (typeof EVENTS)[number];

interface Words {
  readonly finding: string;
  readonly state: string;
  readonly next: string;
}

/**
 * Tells what Secrets Manager itself says has failed, in CloudTrail's service events. They come also when the function was
 * not even called, and RotationAbandoned is said nowhere else. The error names the step and the function.
 */
export function tellServiceEvents(place: AlarmPlace, teller: EventTeller): void {
  const { scope, rotation } = place;
  const { describe, failures } = operatorCommands(scope, rotation);
  for (const event of EVENTS) {
    const { finding, state, next } = wordsOf(event, place);
    teller.tell({
      id: event,
      description: `Tells of ${event} of rotation ${rotation.rotationName}.`,
      pattern: {
        source: ['aws.secretsmanager'],
        detailType: ['AWS Service Event via CloudTrail'],
        detail: { eventName: [event], additionalEventData: { SecretId: [rotation.secretArn] } },
      },
      lines: [
        `Rotation ${rotation.rotationName}, secret ${rotation.secretArn}: ${event} at ${EventField.time}. ${finding}`,
        `State: ${state}`,
        `Next: ${next}`,
        `Look: ${failures}`,
        `Versions: ${describe}`,
      ],
    });
  }
}

function wordsOf(event: ServiceEvent, { scope, rotation }: AlarmPlace): Words {
  const { rotate } = operatorCommands(scope, rotation);
  const error = EventField.fromPath('$.detail.errorMessage');
  const databases = listNames(rotation.databaseNames);
  switch (event) {
    case 'RotationFailed':
      return {
        finding: error,
        state: failedStepState('setSecret', rotation),
        next: `do what the failure says (Look). Secrets Manager tries again by itself, or now with ${rotate}`,
      };
    case 'RotationAbandoned':
      return {
        finding: 'Someone stored a new version of the secret while a rotation was under way.',
        state: `AWSCURRENT is what was stored by hand. ${databases} may accept it, or the password of the abandoned rotation, which its version still holds without a label.`,
        next: `start a rotation, which finds the password that opens each database: ${rotate}`,
      };
    case 'TestRotationFailed':
      return {
        finding: `The test that follows a deployment failed. ${error}`,
        state: `nothing was changed: ${databases} and ${listNames(rotation.mirrorNames)} are as they were.`,
        next: `do what the failure says (Look), deploy again; the first rotation is ${rotate}`,
      };
  }
}
