import {
  LockstepError,
  MirrorMismatchError,
  MissingVersionError,
  SecretTooLargeError,
} from '../domain/errors.ts';
import { generatePassword } from '../domain/generated-password.ts';
import { type SecretDocument, withCredential } from '../domain/secret-document.ts';
import { AWSPENDING } from '../domain/staging-label.ts';
import { areOfOneRotation, nextUsername } from '../domain/strategy.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { RotationContext } from './context.ts';
import { stageAnew, stageInMirror } from './mirrors.ts';
import { recordAside } from './record.ts';
import { readCurrent, requirePendingFits } from './versions.ts';

/**
 * Stores the new password in every vault, before any database hears of it.
 *
 * What a first call or a retry can meet:
 * 1. The pending version has a value: an earlier attempt wrote it and setSecret may have used it. It is kept, and
 *    that value is mirrored.
 * 2. Another attempt writes the value first: its value is read and used.
 * 3. A mirror already has a version of this name: it must hold the same value.
 * 4. A mirror refuses, is busy for too long, or is full: an error; a full one is pruned once first.
 * 5. A mirror cannot serve, and the pending version already had a value: pass. A database may hold the pending
 *    password by now, and setSecret knows what to do about that.
 */
export async function createSecret(context: RotationContext): Promise<void> {
  const [current, kept] = await Promise.all([
    readCurrent(context),
    // By id alone, which is not waited for: on a first call there rightly is no value. One that shows late is met in case 2.
    context.secrets.read({ versionId: context.request.versionId }),
  ]);
  if (kept !== undefined) {
    requirePendingFits(context, { current, pending: kept }); // case 1
    await mirrorKept(context, { current, pending: kept });
    return;
  }
  for (const mirror of context.mirrors) await requireSameUser(context, mirror, current);
  const pending = await makePending(context, current);
  for (const mirror of context.mirrors) await stageAnew(context, { mirror, version: pending });
}

async function mirrorKept(
  context: RotationContext,
  { current, pending }: { current: SecretVersion; pending: SecretVersion },
): Promise<void> {
  for (const mirror of context.mirrors) {
    try {
      await requireSameUser(context, mirror, current);
      await stageInMirror(context, { mirror, version: pending });
    } catch (error) {
      if (error instanceof MirrorMismatchError || !(error instanceof LockstepError)) throw error;
      context.reporter.warn('create-secret.mirror-left-to-set-secret', { error }); // case 5
    }
  }
}

/** @throws MirrorMismatchError when the mirror publishes the credential of a user that this rotation does not know */
export async function requireSameUser(
  { strategy }: RotationContext,
  mirror: Mirror,
  current: SecretVersion,
): Promise<void> {
  const held = await mirror.read({ stage: 'CURRENT' });
  if (held === undefined) return;
  const { username } = current.document.credential;
  // Where users alternate, the mirror may be one rotation behind or ahead.
  if (areOfOneRotation(strategy, username, held.document.credential.username)) return;
  throw new MirrorMismatchError('its CURRENT version holds another user than AWSCURRENT', {
    subject: mirror.name,
    remedy: 'check that rotations.json names the right secret, or store the right credential there',
  });
}

async function makePending(
  context: RotationContext,
  current: SecretVersion,
): Promise<SecretVersion> {
  const { versionId } = context.request;
  const username = nextUsername(context.strategy, current.document.credential.username);
  const password = generatePassword(username, context.random);
  const document = withCredential(current.document, { username, password });
  requireFitsVaults(context, document);
  if ((await context.secrets.stage({ versionId, document })) === 'staged') {
    recordAside(context, {
      event: 'staged',
      subject: context.secrets.name,
      credential: document.credential,
    });
    return { versionId, document };
  }
  const other = await context.secrets.read({ versionId, label: AWSPENDING }); // case 2
  if (other === undefined) {
    throw new MissingVersionError(
      `version ${versionId} has a value that cannot be read under AWSPENDING`,
      { subject: context.secrets.name, remedy: 'wait for the retry' },
    );
  }
  requirePendingFits(context, { current, pending: other });
  return other;
}

/** @throws SecretTooLargeError */
export function requireFitsVaults(context: RotationContext, document: SecretDocument): void {
  const bytes = new TextEncoder().encode(document.text).byteLength;
  for (const vault of [context.secrets, ...context.mirrors]) {
    if (bytes <= vault.documentBytesMax) continue;
    throw new SecretTooLargeError(
      `the secret has ${bytes} bytes, expected at most ${vault.documentBytesMax}`,
      { subject: vault.name, remedy: 'move what is not the credential to a secret of its own' },
    );
  }
}
