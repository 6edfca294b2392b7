import { CommitUnknownError, VaultUnreachableError } from '../domain/errors.ts';
import { AWSCURRENT } from '../domain/staging-label.ts';
import type { RotationContext } from './context.ts';
import { record } from './record.ts';
import type { RotationVersions } from './versions.ts';

/** The move is a compare-and-swap, so it can be sent again until its outcome is known. */
const MOVE_ATTEMPTS_MAX = 3;
const MOVE_PAUSE_MS = 500;

/**
 * Moves AWSCURRENT to the pending version: the commit of the rotation. After it the service need not call again.
 *
 * @throws CommitUnknownError when the outcome stays unknown; anything else when the label was not moved
 * @returns what went wrong with the audit trail, if anything
 */
export async function commit(
  context: RotationContext,
  { current, pending }: Pick<RotationVersions, 'current' | 'pending'>,
): ReturnType<typeof record> {
  const move = { label: AWSCURRENT, to: pending.versionId, from: current.versionId };
  let mayBeUnderWay = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await context.secrets.moveLabel(move);
      break;
    } catch (error) {
      if (await isMoved(context, pending.versionId)) break;
      mayBeUnderWay ||= error instanceof VaultUnreachableError;
      if (!mayBeUnderWay) throw error;
      if (attempt === MOVE_ATTEMPTS_MAX) throw commitUnknown(context, error);
      await context.clock.sleep(MOVE_PAUSE_MS);
    }
  }
  const { credential } = pending.document;
  return await record(context, { event: 'promoted', subject: context.secrets.name, credential });
}

function commitUnknown(context: RotationContext, cause: unknown): CommitUnknownError {
  return new CommitUnknownError('no answer tells whether AWSCURRENT was moved', {
    subject: context.secrets.name,
    remedy:
      'wait for the retry, which looks again; the databases accept the new password, which is AWSPENDING or AWSCURRENT',
    cause,
  });
}

async function isMoved(context: RotationContext, versionId: string): Promise<boolean> {
  try {
    const { labels } = await context.secrets.describe();
    return labels.get(versionId)?.includes(AWSCURRENT) ?? false;
  } catch (error) {
    context.reporter.warn('commit.not-seen', { error });
    return false;
  }
}
