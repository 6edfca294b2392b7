import { OutcomeUnknownError } from '../domain/errors.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import type { RotationContext } from './context.ts';
import type { Door } from './preflight.ts';
import { look, prove } from './proof.ts';
import { record, recordAside } from './record.ts';
import { canTakeBack } from './restore.ts';
import type { RotationVersions } from './versions.ts';

/**
 * Changes the password on every database that does not have it yet, and proves it on each before the next one is changed:
 * a password that fails on one has not reached those that come later.
 *
 * The order is that of the least harm: databases that keep the old password valid, then those that can be taken back,
 * then those that cannot.
 *
 * @throws what DatabaseSession throws for the first change that was not made, AuditError when an intent cannot be kept
 */
export async function changeAll(
  context: RotationContext,
  versions: RotationVersions,
  doors: readonly Door[],
): Promise<void> {
  const todo = doors
    .filter(({ source }) => source !== AWSPENDING)
    .toSorted((one, other) => harm(context, one) - harm(context, other));
  const isKeptOut = doors.some(({ refusesCurrent }) => refusesCurrent);
  for (const { database } of todo) {
    await recordIntent(context, { subject: database.name, isKeptOut, versions });
  }
  for (const door of todo) {
    await change(context, door, versions);
    await Promise.all([
      prove(context, {
        database: door.database,
        credential: versions.pending.document.credential,
      }),
      seeOverlap(context, door, versions),
    ]);
  }
}

/** What people lose if the rotation gets stuck right after this change. */
function harm(context: RotationContext, { database, keptForMs }: Door): number {
  if (keptForMs > 0) return 0;
  return canTakeBack(context, database) ? 1 : 2;
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
  door: Door,
  { pending }: RotationVersions,
): Promise<void> {
  const { credential } = pending.document;
  const { database } = door;
  const subject = database.name;
  try {
    await apply(context, door, pending);
  } catch (error) {
    // An exception is not "nothing happened": only a login tells.
    if ((await look(context, { database, credential })) !== 'accepted') {
      const name = error instanceof Error ? error.name : 'Error';
      await record(context, { event: 'change-failed', subject, credential, error: name });
      throw error;
    }
    context.reporter.warn('set-secret.change-made-despite-error', { database: subject, error });
  }
  recordAside(context, { event: 'changed', subject, credential });
}

async function apply(
  context: RotationContext,
  { database, session, from, standing }: Door,
  { document: { credential } }: RotationVersions['pending'],
): Promise<void> {
  const request = { ...(from && { from }), to: credential.password };
  if ((await session.change({ ...request, standing })) === 'changed') return;
  // A password was set after the one that opened the session: the pending one by another attempt, or that of an
  // abandoned rotation, which is replaced.
  const view = await look(context, { database, credential });
  if (view === 'accepted') return;
  if (view === 'unknown') {
    throw new OutcomeUnknownError('it did not say whether the new password is set already', {
      subject: database.name,
      remedy: 'wait for the retry, which looks again',
    });
  }
  await session.change({ ...request, standing: 'older' });
}

/** The way to mend a lost overlap is to finish, so this never fails. */
async function seeOverlap(
  context: RotationContext,
  { database, source, keptForMs }: Door,
  { current }: RotationVersions,
): Promise<void> {
  if (keptForMs === 0 || source !== AWSCURRENT) return;
  const subject = database.name;
  if (Number.isFinite(keptForMs)) {
    context.reporter.metric({ name: 'OverlapMs', value: keptForMs, subject });
  }
  const { credential } = current.document;
  if ((await look(context, { database, credential })) !== 'refused') return;
  context.reporter.metric({ name: 'CurrentRefused', value: 1, subject });
  await record(context, { event: 'overlap-lost', subject, credential });
}
