import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import { Candidates } from './candidates.ts';
import type { RotationContext } from './context.ts';
import { withLeastLockOut } from './least-lock-out.ts';
import { levelMirror, requireMirrorsHold } from './mirrors.ts';
import { closeDoors, preflight, type Door } from './preflight.ts';
import { look, prove } from './proof.ts';
import { record } from './record.ts';
import { readVersions, requirePendingFits, type RotationVersions } from './versions.ts';

/**
 * Applies the pending password to every database, once both vaults hold it.
 *
 * What a first call or a retry can meet, database by database:
 * 1. AWSCURRENT opens it: it is changed.
 * 2. AWSPENDING opens it: an earlier attempt changed it; nothing is left to do.
 * 3. Neither does: AWSPREVIOUS or an older stored version opens it, and it is changed from there.
 * 4. No stored version opens it: LockedOutError, and nothing is changed anywhere.
 * 5. It cannot be asked, or the change fails: the rule of least lock-out.
 * 6. It refuses the pending password by policy, and no database holds it: no retry can succeed, because a version's
 *    value never changes. AWSPENDING is removed, so that the next rotation gets a fresh password.
 */
export async function setSecret(context: RotationContext): Promise<void> {
  const [versions] = await Promise.all([
    readVersions(context),
    context.logins.require(context.databases),
  ]);
  requirePendingFits(versions);
  await withLeastLockOut(context, versions, async () => {
    await requireMirrorsHold(context, versions.pending);
    const candidates = new Candidates(context, versions);
    const pending = versions.pending.document.credential.password;
    const doors = await preflight(context, { candidates, pending });
    try {
      await levelMirrors(context, versions, doors);
      await changeAll(context, versions, doors);
    } finally {
      await closeDoors(doors);
    }
  });
}

/** A mirror may have been promoted by a rotation that was then taken back; AWSCURRENT decides. */
async function levelMirrors(
  context: RotationContext,
  { current }: RotationVersions,
  doors: readonly Door[],
): Promise<void> {
  if (!doors.every(({ opener }) => opener.source === AWSCURRENT)) return;
  for (const mirror of context.mirrors) await levelMirror(context, { mirror, version: current });
}

async function changeAll(
  context: RotationContext,
  versions: RotationVersions,
  doors: readonly Door[],
): Promise<void> {
  const todo = doors
    .filter(({ opener }) => opener.source !== AWSPENDING)
    // What can be taken back goes first: a failure after it can still be undone.
    .sort((one, other) => Number(other.database.canTakeBack) - Number(one.database.canTakeBack));
  const isKeptOut = doors.some(({ refusesCurrent }) => refusesCurrent);
  for (const { database } of todo) {
    await recordIntent(context, { subject: database.name, isKeptOut, versions });
  }
  for (const door of todo) {
    await change(context, door, versions);
    // Proven one by one: a password that fails here has not reached what cannot be taken back.
    const { credential } = versions.pending.document;
    await prove(context, { database: door.database, credential });
  }
}

/**
 * Without the intent in the trail there is no change; except where a database refuses AWSCURRENT already: an earlier
 * attempt changed it, and stopping now would keep people out.
 */
async function recordIntent(
  context: RotationContext,
  {
    subject,
    isKeptOut,
    versions,
  }: { subject: string; isKeptOut: boolean; versions: RotationVersions },
): Promise<void> {
  const { credential } = versions.pending.document;
  const intent = { event: 'change-intended', subject, credential } as const;
  await (isKeptOut ? record(context, intent) : context.audit.append(intent));
}

async function change(
  context: RotationContext,
  { database, session, opener }: Door,
  { pending }: RotationVersions,
): Promise<void> {
  const { credential } = pending.document;
  const subject = database.name;
  try {
    await session.change({ from: opener.credential.password, to: credential.password });
  } catch (error) {
    // An exception is not "nothing happened": only a login tells.
    if ((await look(context, { database, credential })) !== 'accepted') {
      const name = error instanceof Error ? error.name : 'Error';
      await record(context, { event: 'change-failed', subject, credential, error: name });
      throw error;
    }
    context.reporter.warn('set-secret.change-made-despite-error', { database: subject, error });
  }
  await record(context, { event: 'changed', subject, credential });
}
