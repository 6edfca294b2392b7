import type { LockstepError } from '../domain/errors.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import { commit } from './commit.ts';
import type { RotationContext } from './context.ts';
import { withLeastLockOut } from './least-lock-out.ts';
import { levelMirror, stageInMirror } from './mirrors.ts';
import { proveEverywhere } from './proof.ts';
import { findOld, retireAll } from './prune.ts';
import { record } from './record.ts';
import { readCurrent, readVersions, requirePendingFits } from './versions.ts';

/**
 * Promotes the pending version in every vault: the mirrors first, AWSCURRENT last, because its move is the commit,
 * after which Secrets Manager need not call again.
 *
 * What a first call or a retry can meet:
 * 1. Nothing is promoted yet: prove the password once more, whatever ran before, then promote.
 * 2. Mirrors are promoted and AWSCURRENT is not: the same; promoting twice changes nothing.
 * 3. AWSCURRENT is promoted and a mirror is not (the rule of least lock-out did that), or the trail does not say so (the
 *    call died): `repeatFinish`.
 */
export async function finishSecret(context: RotationContext): Promise<void> {
  const versions = await readVersions(context);
  requirePendingFits(context, versions);
  const { pending } = versions;
  const { credential } = pending.document;
  const recorded: Promise<LockstepError | undefined>[] = [];
  await withLeastLockOut(context, versions, async () => {
    const staged = await Promise.all(
      context.mirrors.map(async (mirror) => ({
        mirror,
        number: (await stageInMirror(context, { mirror, version: pending })).number,
      })),
    );
    await proveEverywhere(context, credential);
    for (const { mirror, number } of staged) {
      await mirror.promote(number);
      recorded.push(record(context, { event: 'promoted', subject: mirror.name, credential }));
    }
    recorded.push(Promise.resolve(await commit(context, versions)));
  });
  // A duplicate of setSecret that was still running may have set a mirror back to what was AWSCURRENT then.
  await levelAndPrune(context, pending);
  // The password is changed and published by now; only its record is missing, and that must not pass in silence.
  for (const error of await Promise.all(recorded)) {
    if (error !== undefined) throw error;
  }
}

/**
 * AWSCURRENT is on this version: bring the mirrors level with it, unless a person has moved the label since. Where a call
 * died right after the commit, no entry of the trail says so yet; then this one does.
 *
 * @throws AuditError once the mirrors are level, when the trail cannot be read or written
 */
export async function repeatFinish(context: RotationContext): Promise<void> {
  const { name: subject } = context.secrets;
  const isTold = context.audit.tells({ event: 'promoted', subject });
  context.aside.add(isTold);
  const current = await readCurrent(context);
  if (current.versionId !== context.request.versionId) return;
  await levelAndPrune(context, current);
  if (await isTold) return;
  const { credential } = current.document;
  const error = await record(context, { event: 'promoted', subject, credential });
  if (error !== undefined) throw error;
}

/** What is to be pruned is looked up beside the look at CURRENT. */
async function levelAndPrune(context: RotationContext, version: SecretVersion): Promise<void> {
  const mirrors = context.mirrors.map((mirror) => {
    const finding = findOld(context, mirror);
    context.aside.add(finding);
    return { mirror, finding };
  });
  for (const { mirror } of mirrors) await levelMirror(context, { mirror, version });
  for (const { mirror, finding } of mirrors) {
    await retireAll(context, { mirror, old: await finding });
  }
}
