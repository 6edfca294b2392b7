import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { RotationOutcome } from '../aws/rotation-events.ts';
import { startClouds, type Clouds } from '../clouds/clouds.ts';
import type { Display } from './display.ts';
import { operatorView } from './operator-view.ts';
import { holds, proveRotation, type Proofs } from './proofs.ts';
import { StepRecorder, type StepRecord } from './step-recorder.ts';

export interface RotationResult {
  readonly versionId: string;
  readonly outcome: RotationOutcome['status'];
  readonly steps: readonly StepRecord[];
}

/** What `--json` prints. */
export interface DemoResult extends Omit<Proofs, 'password'> {
  readonly ok: boolean;
  readonly rotations: readonly RotationResult[];
}

export interface DemoOptions {
  readonly display: Display;
  readonly nodePath: string | undefined;
  /** Called as soon as there is something to clean up, with what cleans it up. */
  readonly onStarted: (close: () => Promise<void>) => void;
}

/** As often as one step tries: the service's retry then finds OCI in order again. */
const OUTAGE_CALLS = 3;

/**
 * Two rotations on one machine: one in which nothing fails, and one in which OCI Vault fails while it finishes.
 *
 * @throws whatever keeps the clouds from starting
 */
export async function runDemo({ display, nodePath, onStarted }: DemoOptions): Promise<DemoResult> {
  display.title('Lockstep: one password in two databases and two vaults, on this machine');
  let recorder = new StepRecorder(display);
  let starting: string | undefined;
  const clouds = await startClouds({
    nodePath,
    listener: (news) => {
      recorder.listen(news);
    },
    progress: (what) => {
      if (starting !== undefined) display.done(starting);
      starting = what;
      display.begin(what);
    },
    onStarted,
  });
  if (starting !== undefined) display.done(starting);
  const rotateOnce = async (): Promise<RotationResult> => {
    recorder = new StepRecorder(display);
    const { versionId, status } = await rotate(clouds);
    return { versionId, outcome: status, steps: recorder.steps };
  };

  display.title('Act 1: aws secretsmanager rotate-secret');
  const first = await rotateOnce();
  const firstProofs = await proveRotation(clouds, {
    oldPassword: clouds.secrets.initialPassword,
    promotedVersionIds: first.outcome === 'succeeded' ? [first.versionId] : [],
    display,
  });
  if (first.outcome !== 'succeeded') return conclude(display, [first], firstProofs, false);

  display.title('Act 2: OCI Vault fails while the rotation finishes');
  display.say(
    'Both databases have the new password by then, and Autonomous Database would refuse the old one ' +
      'if it were set again. So Lockstep goes forward: it proves the new password everywhere, publishes ' +
      'it in AWS, where people read it, and says that the mirror lags.',
  );
  clouds.faults.add({
    call: 'oci:PromoteSecretVersion',
    fault: { kind: 'refuse', code: 'InternalServerError', message: 'the demo switched it off' },
    times: OUTAGE_CALLS,
  });
  const second = await rotateOnce();
  clouds.faults.clear();
  const secondProofs = await proveRotation(clouds, {
    oldPassword: firstProofs.password,
    promotedVersionIds: [first.versionId, second.versionId],
    display,
  });
  operatorView(display, clouds, second.versionId);
  const isGood = second.outcome === 'succeeded' && holds(firstProofs) && holds(secondProofs);
  return conclude(display, [first, second], secondProofs, isGood);
}

async function rotate(
  clouds: Clouds,
): Promise<{ versionId: string; status: RotationOutcome['status'] }> {
  const { VersionId: versionId = '' } = await clouds.vaults.clients.secretsManager.send(
    new RotateSecretCommand({
      SecretId: clouds.vaults.secretArn,
      RotationLambdaARN: clouds.functionArn,
      RotationRules: { AutomaticallyAfterDays: 30 },
    }),
  );
  const { status } = await clouds.vaults.aws.rotations.settled(versionId);
  return { versionId, status };
}

function conclude(
  display: Display,
  rotations: readonly RotationResult[],
  { databases, vaults, audit }: Proofs,
  isGood: boolean,
): DemoResult {
  if (isGood) {
    display.title('Everything holds.');
    display.say(
      'The databases here know one password at a time, so between setSecret and finishSecret an ' +
        'application that reads AWSCURRENT is refused for a moment. With overlap (MySQL, MariaDB, Oracle) or two ' +
        'users that alternate (any database) the old password stays valid meanwhile, and nobody is refused: ' +
        'npm run probe measures it.',
    );
  } else {
    display.title('Something does not hold; see above.');
  }
  return { ok: isGood, rotations, databases, vaults, audit };
}
