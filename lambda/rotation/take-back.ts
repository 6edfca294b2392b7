import { AWSCURRENT } from '../domain/staging-label.ts';
import type { Database } from '../ports/database.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { Candidates } from './candidates.ts';
import type { RotationContext } from './context.ts';
import { open } from './preflight.ts';
import { look } from './proof.ts';
import { record } from './record.ts';

/**
 * Sets AWSCURRENT's password on a database again. Never throws: whether AWSCURRENT logs in afterwards is the answer.
 * An audit store that fails does not stop it, since people are kept out until it is done.
 */
export async function takeBack(
  context: RotationContext,
  {
    database,
    candidates,
    current,
  }: { database: Database; candidates: Candidates; current: SecretVersion },
): Promise<boolean> {
  const { credential } = current.document;
  const subject = database.name;
  await record(context, { event: 'change-intended', subject, credential });
  try {
    const { session, opener } = await open(context, { database, candidates, except: AWSCURRENT });
    try {
      await session.change({ from: opener.credential.password, to: credential.password });
    } finally {
      await session.close();
    }
  } catch (error) {
    context.reporter.warn('take-back.error', { database: subject, error });
  }
  if ((await look(context, { database, credential })) === 'accepted') {
    await record(context, { event: 'taken-back', subject, credential });
    return true;
  }
  context.reporter.metric({ name: 'TakeBackFailed', value: 1, subject });
  await record(context, { event: 'take-back-failed', subject, credential });
  return false;
}
