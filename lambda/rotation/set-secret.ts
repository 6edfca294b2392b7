import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import { Candidates } from './candidates.ts';
import { changeAll } from './change.ts';
import type { RotationContext } from './context.ts';
import { withLeastLockOut } from './least-lock-out.ts';
import { isLevel, levelMirror, requireMirrorsHold } from './mirrors.ts';
import { closeDoors, preflight, type Door } from './preflight.ts';
import { look } from './proof.ts';
import {
  readCurrent,
  readVersions,
  requirePendingFits,
  type RotationVersions,
} from './versions.ts';

/**
 * Applies the pending password to every database, once both vaults hold it.
 *
 * What a first call or a retry can meet, database by database:
 * 1. AWSCURRENT opens it (where users alternate: AWSPREVIOUS, the last password of the other user): it is changed.
 * 2. AWSPENDING opens it: an earlier attempt changed it; nothing is left to do.
 * 3. Neither does: AWSPREVIOUS or an older stored version opens it, and it is changed from there.
 * 4. No stored version opens it: the superuser, if one is configured; otherwise LockedOutError, and nothing is changed
 *    anywhere.
 * 5. Two passwords open it (overlap): AWSCURRENT stays one of the two, whichever the other is.
 * 6. It cannot be asked, or the change fails: the rule of least lock-out.
 * 7. It refuses the pending password by policy, and no database holds it: no retry can succeed, because a version's
 *    value never changes. AWSPENDING is removed, so that the next rotation gets a fresh password.
 */
export async function setSecret(context: RotationContext): Promise<void> {
  const versions = await readVersions(context);
  requirePendingFits(context, versions);
  await withLeastLockOut(context, versions, async () => {
    await requireMirrorsHold(context, versions.pending);
    const { username } = versions.pending.document.credential;
    const candidates = new Candidates(context, versions, username);
    const doors = await preflight(context, { candidates, versions });
    try {
      await levelMirrors(context, versions, doors);
      await changeAll(context, versions, doors);
    } finally {
      context.aside.add(closeDoors(doors));
    }
  });
}

/**
 * A mirror may have been promoted by a rotation that was then taken back or abandoned; AWSCURRENT decides. One that is
 * ahead with this very rotation is left alone while its CURRENT opens everything: another call may be about to commit.
 */
async function levelMirrors(
  context: RotationContext,
  { current, pending }: RotationVersions,
  doors: readonly Door[],
): Promise<void> {
  for (const mirror of context.mirrors) {
    if (await isLevel(mirror, current)) continue;
    if (!isUnchanged(context, doors)) return;
    if ((await isLevel(mirror, pending)) && (await opensEverything(context, pending))) continue;
    if (!(await opensEverything(context, current))) return;
    await levelMirror(context, { mirror, version: current });
    // A duplicate of this call may have seen the rotation end meanwhile; the later of the two sees the other.
    const published = await readCurrent(context);
    if (published.versionId !== current.versionId) {
      await levelMirror(context, { mirror, version: published });
    }
  }
}

/** Whether this rotation has not changed every database yet: until then AWSCURRENT is what a mirror should hold. */
function isUnchanged({ strategy }: RotationContext, doors: readonly Door[]): boolean {
  return strategy.kind === 'single-user'
    ? doors.every(({ source }) => source === AWSCURRENT)
    : doors.some(({ source }) => source !== AWSPENDING);
}

/** By logins made now: what opened a door was true then, and another call may have changed the database since. */
async function opensEverything(
  context: RotationContext,
  { document: { credential } }: SecretVersion,
): Promise<boolean> {
  const views = await Promise.all(
    context.databases.map(async (database) => await look(context, { database, credential })),
  );
  return views.every((view) => view === 'accepted');
}
