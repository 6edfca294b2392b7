import {
  asLockstepError,
  CommitUnknownError,
  LockedOutError,
  type LockstepError,
  MirrorMismatchError,
  PasswordPolicyError,
} from '../domain/errors.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import type { Database } from '../ports/database.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import { Candidates } from './candidates.ts';
import { commit, hasCommitted, showsCommitted } from './commit.ts';
import type { RotationContext } from './context.ts';
import { isLevel, requireSameValue } from './mirrors.ts';
import { look, proveEverywhere, type LoginView } from './proof.ts';
import { record } from './record.ts';
import { canTakeBack, restore } from './restore.ts';
import { readCurrent, type RotationVersions } from './versions.ts';

/**
 * Runs the work of a step; where it cannot go on, does what keeps the fewest people out and throws the error, which
 * then says what was done.
 *
 * The rule looks at what AWSCURRENT, which is what people read, still opens:
 * 1. Every database that answers: throw.
 * 2. Some refuse it, and each of those can be taken back: take them back, whichever attempt changed them, and throw.
 *    Where users alternate nothing can: a rotation does not touch AWSCURRENT's user, so whoever did is not undone.
 * 3. One refuses it that cannot be taken back: go forward. Prove pending on every database, move AWSCURRENT, throw.
 *    Where pending cannot be proven everywhere either: throw.
 *
 * A refused login decides, a database that does not answer does not.
 */
export async function withLeastLockOut(
  context: RotationContext,
  versions: RotationVersions,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const error = asLockstepError(thrown);
    // A value that somebody tampered with is no outage: no password goes anywhere for it. And where AWSCURRENT may be
    // the new version by now, taking back what it opens would keep people out.
    if (!(error instanceof MirrorMismatchError || error instanceof CommitUnknownError)) {
      context.budget.releaseForUndo();
      error.aftermath = await keepFewestOut(context, versions, error);
    }
    throw error;
  }
}

async function keepFewestOut(
  context: RotationContext,
  versions: RotationVersions,
  error: LockstepError,
): Promise<string> {
  let current: SecretVersion;
  try {
    // Read again: another invocation may have moved the label since.
    current = await readCurrent(context);
  } catch (unreadable) {
    context.reporter.warn('least-lock-out.current-unreadable', { error: unreadable });
    return 'nothing was taken back, because AWSCURRENT could not be read';
  }
  if (current.versionId === versions.pending.versionId) {
    return 'AWSCURRENT is the new version already; the retry brings the mirrors level';
  }
  // What no stored password opens has been asked for all of them already.
  const lockedOut = error instanceof LockedOutError ? error.subject : undefined;
  const asked = context.databases.filter(({ name }) => name !== lockedOut);
  const views = await lookEverywhere(context, asked, current);
  const refusing = asked.filter((database) => views.get(database) === 'refused');
  if (refusing.length === 0) {
    return await afterNothingToUndo(context, versions, error);
  }
  for (const { name } of refusing) {
    context.reporter.metric({ name: 'CurrentRefused', value: 1, subject: name });
  }
  if (refusing.every((database) => canTakeBack(context, database))) {
    const undone = await takeBackAll(context, { ...versions, current }, refusing);
    if (!undone.complete) return undone.text;
    return `${undone.text}; ${await afterNothingToUndo(context, versions, error)}`;
  }
  return await goForward(context, { ...versions, current }, { refusing, error });
}

async function lookEverywhere(
  context: RotationContext,
  databases: readonly Database[],
  { document: { credential } }: SecretVersion,
): Promise<ReadonlyMap<Database, LoginView>> {
  const views = databases.map(
    async (database) => [database, await look(context, { database, credential })] as const,
  );
  return new Map(await Promise.all(views));
}

async function takeBackAll(
  context: RotationContext,
  versions: RotationVersions,
  refusing: readonly Database[],
): Promise<{ complete: boolean; text: string }> {
  const { username } = versions.current.document.credential;
  const candidates = new Candidates(context, versions, username);
  const done: string[] = [];
  const failed: string[] = [];
  for (const database of refusing) {
    const isBack = await restore(context, { database, candidates, version: versions.current });
    (isBack ? done : failed).push(database.name);
  }
  if (await isCommitted(context, versions.pending)) {
    // Another invocation proved the pending password before it was taken back, and published it since.
    for (const database of refusing) {
      await restore(context, { database, candidates, version: versions.pending });
    }
    return {
      complete: false,
      text: 'AWSCURRENT moved meanwhile, so the new password was set again',
    };
  }
  const parts = [
    ...(done.length > 0 ? [`${done.join(', ')} taken back to AWSCURRENT`] : []),
    ...(failed.length > 0
      ? [`${failed.join(', ')} could NOT be taken back and refuses AWSCURRENT`]
      : []),
  ];
  return { complete: failed.length === 0, text: parts.join('; ') };
}

/**
 * Mirrors are promoted before AWSCURRENT: where one shows the pending version, a commit may have been made a moment ago
 * that does not show yet.
 */
async function isCommitted(context: RotationContext, pending: SecretVersion): Promise<boolean> {
  if (await hasCommitted(context, pending)) return true;
  const ahead = await Promise.all(
    context.mirrors.map(async (mirror) => await isLevel(mirror, pending)),
  );
  return ahead.includes(true) && (await showsCommitted(context, pending));
}

async function goForward(
  context: RotationContext,
  versions: RotationVersions,
  { refusing, error: cause }: { refusing: readonly Database[]; error: LockstepError },
): Promise<string> {
  const { pending } = versions;
  const names = refusing
    .filter((database) => !canTakeBack(context, database))
    .map(({ name }) => name)
    .join(', ');
  try {
    await proveEverywhere(context, pending.document.credential);
    // A vault that has just not answered would only use up the time that the commit needs.
    const asked = context.mirrors.filter(({ name }) => name !== cause.subject);
    await requireNoMirrorContradicts(context, asked, pending);
    await commit(context, versions);
  } catch (error) {
    context.reporter.warn('least-lock-out.not-forward', { error });
    return `${names} refuses AWSCURRENT and accepts AWSPENDING only; AWSCURRENT was not moved, because the new password could not be proven everywhere`;
  }
  const lagging = await reportLag(context, pending);
  return `AWSCURRENT was moved to the new version, proven on every database, because ${names} refuses the old password and cannot be taken back; ${lagging}`;
}

/** A lagging mirror is never silent. */
async function reportLag(context: RotationContext, version: SecretVersion): Promise<string> {
  const lagging: string[] = [];
  for (const mirror of context.mirrors) {
    if (await isLevel(mirror, version)) continue;
    lagging.push(mirror.name);
    context.reporter.metric({ name: 'MirrorLag', value: 1, subject: mirror.name });
  }
  if (lagging.length === 0) return 'the mirrors are level';
  return `${lagging.join(', ')} lags until the retry or the next rotation brings it level`;
}

/** A mirror that cannot be reached does not contradict: a database that accepts the password proves it was held there. */
async function requireNoMirrorContradicts(
  context: RotationContext,
  mirrors: readonly Mirror[],
  version: SecretVersion,
): Promise<void> {
  for (const mirror of mirrors) {
    let held;
    try {
      held = await mirror.read({ name: version.versionId });
    } catch (error) {
      context.reporter.warn('least-lock-out.mirror-not-read', { mirror: mirror.name, error });
      continue;
    }
    if (held !== undefined) requireSameValue({ mirror, version }, held);
  }
}

/** AWSCURRENT opens every database that answers. A password that policy refuses will never do better: let it go. */
async function afterNothingToUndo(
  context: RotationContext,
  { pending }: RotationVersions,
  error: LockstepError,
): Promise<string> {
  const opens = `${AWSCURRENT} opens every database that answers`;
  if (!(error instanceof PasswordPolicyError)) return opens;
  if (!(await isHeldNowhere(context, pending))) return opens;
  try {
    await context.secrets.moveLabel({ label: AWSPENDING, from: pending.versionId });
  } catch (failure) {
    context.reporter.warn('least-lock-out.pending-not-removed', { error: failure });
    return `${opens}; AWSPENDING could not be removed from the refused version: remove it by hand`;
  }
  const { credential } = pending.document;
  await record(context, { event: 'pending-removed', subject: context.secrets.name, credential });
  return `${opens}; AWSPENDING was removed from this version, because no retry can make the database accept it: the next rotation makes a new password`;
}

async function isHeldNowhere(
  context: RotationContext,
  { document: { credential } }: SecretVersion,
): Promise<boolean> {
  const views = await Promise.all(
    context.databases.map(async (database) => await look(context, { database, credential })),
  );
  return views.every((view) => view === 'refused');
}
