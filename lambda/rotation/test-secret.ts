import { MissingVersionError } from '../domain/errors.ts';
import type { RotationContext } from './context.ts';
import { withLeastLockOut } from './least-lock-out.ts';
import { requireMirrorsHold } from './mirrors.ts';
import { allOrThrow, proveEverywhere } from './proof.ts';
import { readVersions, requirePendingFits, type RotationVersions } from './versions.ts';

/**
 * Proves the pending password, read back from every vault, by logging in to every database.
 *
 * 1. The pending version holds the password of AWSCURRENT though it is another version: Secrets Manager tests the
 *    configuration (RotateImmediately=false). No mirror has such a version; nothing is written.
 * 2. Otherwise every mirror must hold the same value, and every database must accept it.
 */
export async function testSecret(context: RotationContext): Promise<void> {
  const versions = await readVersions(context);
  const { pending, current } = versions;
  const { credential } = pending.document;
  if (pending.document.text === current.document.text) {
    await testConfiguration(context, versions); // case 1
    return;
  }
  requirePendingFits(context, versions);
  await withLeastLockOut(context, versions, async () => {
    await requireMirrorsHold(context, pending);
    await proveEverywhere(context, credential);
  });
}

async function testConfiguration(
  context: RotationContext,
  { current }: RotationVersions,
): Promise<void> {
  const { credential } = current.document;
  const mirrors = context.mirrors.map(async (mirror) => {
    if ((await mirror.read({ stage: 'CURRENT' })) !== undefined) return;
    throw new MissingVersionError('it has no CURRENT version', {
      subject: mirror.name,
      remedy: 'store the current credential in it once, by hand',
    });
  });
  const logins = proveEverywhere(context, credential);
  await allOrThrow([...mirrors, logins]);
}
