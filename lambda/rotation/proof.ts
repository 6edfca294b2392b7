import { LockstepError, LoginRefusedError } from '../domain/errors.ts';
import type { Credential } from '../domain/credential.ts';
import type { Database } from '../ports/database.ts';
import type { RotationWorld } from './context.ts';
import { record, recordAside } from './record.ts';

interface Attempt {
  readonly database: Database;
  readonly credential: Credential;
}

/** What a trial login told. `unknown`: the database did not say. */
export type LoginView = 'accepted' | 'refused' | 'unknown';

/**
 * Proves a credential by a fresh login: the session is the user's own and the configured test query runs.
 *
 * @throws LoginRefusedError when the database refuses it, and what Database and DatabaseSession throw
 */
export async function prove(
  context: RotationWorld,
  { database, credential }: Attempt,
): Promise<void> {
  const session = await database.login(credential);
  if (session === 'refused') {
    await recordRefusal(context, { database, credential });
    throw new LoginRefusedError('it refuses the credential that is to be proven', {
      subject: database.name,
      remedy: 'wait for the retry; if it happens again, see who else changes this password',
    });
  }
  try {
    await session.check();
  } finally {
    context.aside.add(session.close());
  }
  context.logins.proven(database.name);
  recordAside(context, { event: 'proven', subject: database.name, credential });
}

/** Proves a credential on every database, side by side. @throws the first failure, after all have ended */
export async function proveEverywhere(
  context: RotationWorld,
  credential: Credential,
): Promise<void> {
  await allOrThrow(
    context.databases.map(async (database) => {
      await prove(context, { database, credential });
    }),
  );
}

/** Looks whether a database accepts a credential. Never throws: an error is an answer that was not given. */
export async function look(
  context: RotationWorld,
  { database, credential }: Attempt,
): Promise<LoginView> {
  try {
    const session = await database.login(credential);
    if (session === 'refused') {
      await recordRefusal(context, { database, credential });
      return 'refused';
    }
    context.aside.add(session.close());
    return 'accepted';
  } catch (error) {
    context.reporter.warn('look.no-answer', { database: database.name, error });
    return 'unknown';
  }
}

export async function recordRefusal(
  context: RotationWorld,
  { database, credential }: Attempt,
): Promise<void> {
  context.logins.spend(database.name);
  context.reporter.metric({ name: 'LoginRefused', value: 1, subject: database.name });
  const failure = await record(context, {
    event: 'login-refused',
    subject: database.name,
    credential,
  });
  if (failure !== undefined) context.logins.notRecorded(database.name);
}

/** Waits for all, so that nothing goes on behind the back of what follows; then throws the first failure. */
export async function allOrThrow<Value>(work: readonly Promise<Value>[]): Promise<Value[]> {
  const outcomes = await Promise.allSettled(work);
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value;
    throw outcome.reason instanceof LockstepError ? outcome.reason : (outcome.reason as Error);
  });
}
