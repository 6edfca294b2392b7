import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { RotationOutcome } from '../aws/rotation-events.ts';
import type { Clouds } from '../clouds/clouds.ts';

/** How long clouds may take to start, `cdk synth` and all, on a machine that has other things to do. */
export const START_MAX_MS = 180_000;

export interface Rotation {
  readonly versionId: string;
  readonly outcome: RotationOutcome;
}

/**
 * `aws secretsmanager rotate-secret`, and waits until the service has done with it, retries and all.
 *
 * @param secretArn left out: the one secret that there is
 */
export async function rotate(clouds: Clouds, secretArn?: string): Promise<Rotation> {
  return await rotateSecret(clouds, { secretArn, isImmediate: true });
}

/** The same with RotateImmediately=false: the service tests the configuration. */
export async function testConfiguration(clouds: Clouds): Promise<Rotation> {
  return await rotateSecret(clouds, { isImmediate: false });
}

async function rotateSecret(
  { vaults, functionArn }: Clouds,
  {
    secretArn = vaults.secretArn,
    isImmediate,
  }: { readonly secretArn?: string | undefined; readonly isImmediate: boolean },
): Promise<Rotation> {
  const { VersionId: versionId = '' } = await vaults.clients.secretsManager.send(
    new RotateSecretCommand({
      SecretId: secretArn,
      RotationLambdaARN: functionArn,
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediately: isImmediate,
    }),
  );
  return { versionId, outcome: await vaults.aws.rotations.settled(versionId) };
}
