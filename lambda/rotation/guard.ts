import {
  NotPendingError,
  RotationDisabledError,
  UnknownVersionError,
  WrongSecretError,
} from '../domain/errors.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import type { SecretDescription } from '../ports/secret-store.ts';
import type { RotationContext } from './context.ts';

/** Labels are eventually consistent: a step may begin before it can see what the service has just attached. */
const LOOKS_MAX = 3;
const LOOK_PAUSE_MS = 300;

/** `committed`: the version is AWSCURRENT already, so this call repeats a rotation that has succeeded. */
export type Progress = 'pending' | 'committed';

/**
 * Checks that the call is one this function may serve, before anything else is done.
 *
 * @throws WrongSecretError, UnknownVersionError, NotPendingError, RotationDisabledError (createSecret only: a rotation
 *   that is under way must be allowed to end)
 */
export async function guard(context: RotationContext): Promise<Progress> {
  const { secretArn, step, versionId } = context.request;
  if (secretArn !== context.secretArn) {
    throw new WrongSecretError(`the event is for another secret: expected ${context.secretArn}`, {
      remedy: 'attach each secret to the function of its own rotation',
    });
  }
  const { rotationEnabled, labels } = await describeWithVersion(context);
  const held = labels.get(versionId);
  if (held === undefined) throw unknownVersion(context);
  if (held.includes(AWSCURRENT)) return 'committed';
  if (!held.includes(AWSPENDING)) throw notPending(context);
  if (step === 'createSecret' && !rotationEnabled) {
    throw new RotationDisabledError('rotation is switched off on the secret', {
      remedy: 'switch it on with aws secretsmanager rotate-secret and its rotation rules',
    });
  }
  return 'pending';
}

async function describeWithVersion(context: RotationContext): Promise<SecretDescription> {
  for (let look = 1; ; look += 1) {
    const description = await context.secrets.describe();
    const held = description.labels.get(context.request.versionId) ?? [];
    if (held.includes(AWSPENDING) || held.includes(AWSCURRENT) || look === LOOKS_MAX) {
      return description;
    }
    await context.clock.sleep(LOOK_PAUSE_MS);
  }
}

function unknownVersion(context: RotationContext): UnknownVersionError {
  return new UnknownVersionError(`the secret has no version ${context.request.versionId}`, {
    subject: context.secrets.name,
    remedy:
      'start a rotation with aws secretsmanager rotate-secret; never invoke the function by hand',
  });
}

function notPending(context: RotationContext): NotPendingError {
  return new NotPendingError(`version ${context.request.versionId} does not carry AWSPENDING`, {
    subject: context.secrets.name,
    remedy: 'the rotation was abandoned; start a new one with aws secretsmanager rotate-secret',
  });
}
