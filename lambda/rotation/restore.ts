import type { Database, DatabaseSession, PasswordChange } from '../ports/database.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { Candidates } from './candidates.ts';
import type { RotationWorld } from './context.ts';
import { open } from './preflight.ts';
import { look } from './proof.ts';
import { record } from './record.ts';

/**
 * Whether what a rotation did to a database is ever taken back. Where users alternate there is nothing to take back:
 * AWSCURRENT's user is not touched.
 */
export function canTakeBack({ strategy }: RotationWorld, database: Database): boolean {
  return strategy.kind === 'single-user' && database.canTakeBack;
}

/** A database that refuses a version's password, which it is to accept again. */
export interface Restoration {
  readonly database: Database;
  readonly version: SecretVersion;
  /** Among which the password is that opens the database now. */
  readonly candidates: Candidates;
}

/**
 * Sets a version's password on a database again, whatever it has now. Never throws: whether the version logs in
 * afterwards is the answer. An audit store that fails does not stop it, since people are kept out until it is done.
 */
export async function restore(
  context: RotationWorld,
  { database, version, candidates }: Restoration,
): Promise<boolean> {
  const { credential } = version.document;
  const subject = database.name;
  await record(context, { event: 'change-intended', subject, credential });
  try {
    const except = credential.password;
    const { session, from } = await open(context, { database, candidates, except });
    try {
      await applyWhateverStands(session, { ...(from && { from }), to: credential.password });
    } finally {
      await session.close();
    }
  } catch (error) {
    context.reporter.warn('restore.error', { database: subject, error });
  }
  if ((await look(context, { database, credential })) === 'accepted') {
    await record(context, { event: 'restored', subject, credential });
    return true;
  }
  context.reporter.metric({ name: 'RestoreFailed', value: 1, subject });
  await record(context, { event: 'restore-failed', subject, credential });
  return false;
}

async function applyWhateverStands(
  session: DatabaseSession,
  change: PasswordChange,
): Promise<void> {
  if ((await session.change(change)) === 'changed') return;
  await session.change({ ...change, standing: 'older' });
}
