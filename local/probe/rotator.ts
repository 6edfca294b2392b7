import {
  CancelRotateSecretCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { NoAnswerError, within } from '../../lambda/adapters/deadline.ts';
import type { RotationEvent, RotationOutcome, RotationStep } from '../aws/rotation-events.ts';
import type { Clouds } from '../clouds/clouds.ts';
import type { RotationKind, RotationRecord } from './rotation-kind.ts';

export const ROTATION_MAX_MS = 90_000;

type Intercept = (event: RotationEvent, invoke: () => Promise<void>) => Promise<void>;

/** Rotates by RotateSecret, and lets happen to the service's calls what is to happen. */
export class Rotator {
  #intercept: Intercept = pass;

  /** For `startClouds`. */
  readonly intercept: Intercept = async (event, invoke) => {
    await this.#intercept(event, invoke);
  };

  /** Waits until the service has done with it, retries and all, or the time is up. @throws what the SDK throws */
  async rotate(clouds: Clouds, kind: RotationKind): Promise<RotationRecord> {
    this.#intercept = interceptFor(kind, clouds);
    const startedMs = Date.now();
    try {
      const failure = failureOf(await within(ROTATION_MAX_MS, toItsEnd(clouds, kind)));
      return { kind, startedMs, endedMs: Date.now(), ...(failure !== undefined && { failure }) };
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const failure = `not done within ${ROTATION_MAX_MS} ms`;
      return { kind, startedMs, endedMs: Date.now(), failure };
    } finally {
      this.#intercept = pass;
    }
  }
}

async function toItsEnd(clouds: Clouds, kind: RotationKind): Promise<RotationOutcome> {
  const { versionId, outcome } = await rotateSecret(clouds);
  if (kind !== 'abandoned' || outcome.status !== 'abandoned') return outcome;
  await takePendingOff(clouds, versionId);
  return (await rotateSecret(clouds)).outcome;
}

function failureOf(outcome: RotationOutcome): string | undefined {
  switch (outcome.status) {
    case 'succeeded':
      return undefined;
    case 'failed':
      return `${outcome.errorName}: ${outcome.errorMessage}`;
    case 'abandoned':
      return `abandoned: ${outcome.reason}`;
  }
}

function interceptFor(kind: RotationKind, clouds: Clouds): Intercept {
  switch (kind) {
    case 'clean':
      return pass;
    case 'crash after createSecret':
      return crashAfter('createSecret', clouds);
    case 'crash after setSecret':
      return crashAfter('setSecret', clouds);
    case 'crash after testSecret':
      return crashAfter('testSecret', clouds);
    case 'crash after finishSecret':
      return crashAfter('finishSecret', clouds);
    case 'setSecret twice':
      return onFirst('setSecret', async (invoke) => {
        await invoke();
        await invoke();
      });
    case 'setSecret twice at once':
      return onFirst('setSecret', async (invoke) => {
        const [first] = await Promise.allSettled([invoke(), invoke()]);
        if (first.status === 'rejected') throw first.reason;
      });
    case 'abandoned':
      return onFirst('testSecret', async () => {
        await cancel(clouds);
        throw new Error('a person has cancelled the rotation');
      });
  }
}

function crashAfter(step: RotationStep, { lambda }: Clouds): Intercept {
  return onFirst(step, async (invoke) => {
    await invoke();
    await lambda.kill();
    throw new Error('the function died before it could answer');
  });
}

/** Only the first call of a step is not simply put through. */
function onFirst(
  step: RotationStep,
  act: (invoke: () => Promise<void>) => Promise<void>,
): Intercept {
  let hasActed = false;
  return async (event, invoke) => {
    if (event.Step !== step || hasActed) {
      await invoke();
      return;
    }
    hasActed = true;
    await act(invoke);
  };
}

async function pass(_event: RotationEvent, invoke: () => Promise<void>): Promise<void> {
  await invoke();
}

async function rotateSecret({
  vaults,
  functionArn,
}: Clouds): Promise<{ readonly versionId: string; readonly outcome: RotationOutcome }> {
  const { VersionId: versionId = '' } = await vaults.clients.secretsManager.send(
    new RotateSecretCommand({
      SecretId: vaults.secretArn,
      RotationLambdaARN: functionArn,
      RotationRules: { AutomaticallyAfterDays: 30 },
    }),
  );
  return { versionId, outcome: await vaults.aws.rotations.settled(versionId) };
}

async function cancel({ vaults }: Clouds): Promise<void> {
  await vaults.clients.secretsManager.send(
    new CancelRotateSecretCommand({ SecretId: vaults.secretArn }),
  );
}

/** Until then RotateSecret would only take up the old rotation again. */
async function takePendingOff({ vaults }: Clouds, versionId: string): Promise<void> {
  await vaults.clients.secretsManager.send(
    new UpdateSecretVersionStageCommand({
      SecretId: vaults.secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionId,
    }),
  );
}
