import { RotateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CommandError } from './command-error.ts';
import { readSecretState, versionCreatedMs } from './secret-state.ts';

/** A rotation that was begun, or found under way. */
export interface StartedRotation {
  readonly versionId: string;
  /** Where the secret was rotated before, in milliseconds since 1970. */
  readonly rotatedBeforeMs: number | undefined;
  /** It was under way already, since then where that is known. No new one was begun. */
  readonly wasUnderWay: boolean;
  readonly sinceMs: number | undefined;
}

const PREVIOUS_NOT_COMPLETE = /previous rotation isn.t complete/i;
const NOT_CONFIGURED = /No Lambda rotation function/i;

/**
 * Begins a rotation. Where one is under way or stuck none can begin: Secrets Manager refuses the request, and tries the
 * old one again because of it (aws.md 1.3); that one is handed back then.
 *
 * @throws CommandError when the secret has no rotation function
 */
export async function startRotation(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<StartedRotation> {
  const { rotatedMs: rotatedBeforeMs } = await readSecretState(client, secretArn);
  try {
    const { VersionId: versionId = '' } = await client.send(
      new RotateSecretCommand({ SecretId: secretArn }),
    );
    return { versionId, rotatedBeforeMs, wasUnderWay: false, sinceMs: undefined };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (NOT_CONFIGURED.test(message)) throw notConfigured();
    if (!PREVIOUS_NOT_COMPLETE.test(message)) throw error;
    const { pendingId } = await readSecretState(client, secretArn);
    if (pendingId === undefined) throw error;
    const sinceMs = await versionCreatedMs(client, { secretArn, versionId: pendingId });
    return { versionId: pendingId, rotatedBeforeMs, wasUnderWay: true, sinceMs };
  }
}

function notConfigured(): CommandError {
  return new CommandError('the secret has no rotation function', {
    remedy: 'deploy the rotation with cdk deploy, which attaches its function to the secret',
  });
}
