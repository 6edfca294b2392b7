import { CommitUnknownError, VaultUnreachableError } from '../domain/errors.ts';
import { AWSCURRENT } from '../domain/staging-label.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import { Candidates } from './candidates.ts';
import type { RotationContext } from './context.ts';
import { look } from './proof.ts';
import { record } from './record.ts';
import { canTakeBack, restore } from './restore.ts';
import type { RotationVersions } from './versions.ts';

/** The move is a compare-and-swap, so it can be sent again until its outcome is known. */
const MOVE_ATTEMPTS_MAX = 3;
const MOVE_PAUSE_MS = 500;
/** Secrets Manager is eventually consistent: what another call has just moved shows a little later. */
const LOOKS_MAX = 4;
const LOOK_PAUSE_MS = 600;

/**
 * Moves AWSCURRENT to the pending version: the commit of the rotation. After it the service need not call again.
 *
 * A duplicate of this call that failed may have taken a database back since the password was proven there, so each that
 * can be taken back is looked at once more afterwards. The duplicate looks at the label after taking back: whichever
 * comes second sees the other.
 *
 * @throws CommitUnknownError when the outcome stays unknown; anything else when the label was not moved
 * @returns what went wrong with the audit trail, if anything
 */
export async function commit(
  context: RotationContext,
  versions: RotationVersions,
): ReturnType<typeof record> {
  const { current, pending } = versions;
  const move = { label: AWSCURRENT, to: pending.versionId, from: current.versionId };
  let mayBeUnderWay = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await context.secrets.moveLabel(move);
      break;
    } catch (error) {
      if (await hasCommitted(context, pending)) break;
      mayBeUnderWay ||= error instanceof VaultUnreachableError;
      if (!mayBeUnderWay) {
        // The refusal says that somebody else has moved the label: to this very version, it may be.
        if (await showsCommitted(context, pending)) break;
        throw error;
      }
      if (attempt === MOVE_ATTEMPTS_MAX) throw commitUnknown(context, error);
      await context.clock.sleep(MOVE_PAUSE_MS);
    }
  }
  const { credential } = pending.document;
  context.aside.add(restoreWhatWasTakenBack(context, versions));
  return await record(context, { event: 'promoted', subject: context.secrets.name, credential });
}

/** Whether the version is AWSCURRENT; false also where Secrets Manager does not say. */
export async function hasCommitted(
  context: RotationContext,
  { versionId }: SecretVersion,
): Promise<boolean> {
  try {
    const { labels } = await context.secrets.describe();
    return labels.get(versionId)?.includes(AWSCURRENT) ?? false;
  } catch (error) {
    context.reporter.warn('commit.not-seen', { error });
    return false;
  }
}

/** The same, for as long as it may take to show and there is time. */
export async function showsCommitted(
  context: RotationContext,
  version: SecretVersion,
): Promise<boolean> {
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    if (await hasCommitted(context, version)) return true;
    if (!context.budget.has(2 * LOOK_PAUSE_MS)) return false;
    await context.clock.sleep(LOOK_PAUSE_MS);
  }
  return false;
}

async function restoreWhatWasTakenBack(
  context: RotationContext,
  versions: RotationVersions,
): Promise<void> {
  const { pending: version } = versions;
  const { credential } = version.document;
  for (const database of context.databases.filter((one) => canTakeBack(context, one))) {
    if ((await look(context, { database, credential })) !== 'refused') continue;
    const candidates = new Candidates(context, versions, credential.username);
    await restore(context, { database, candidates, version });
  }
}

function commitUnknown(context: RotationContext, cause: unknown): CommitUnknownError {
  return new CommitUnknownError('no answer tells whether AWSCURRENT was moved', {
    subject: context.secrets.name,
    remedy:
      'wait for the retry, which looks again; the databases accept the new password, which is AWSPENDING or AWSCURRENT',
    cause,
  });
}
