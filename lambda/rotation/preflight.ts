import { LockedOutError, OverlapUnresolvedError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import type { Database, DatabaseSession } from '../ports/database.ts';
import type { Candidate, Candidates } from './candidates.ts';
import type { RotationContext } from './context.ts';
import { look, recordRefusal } from './proof.ts';

/** A database with the stored credential that opened it, and the session, kept for the change. */
export interface Door {
  readonly database: Database;
  readonly session: DatabaseSession;
  readonly opener: Candidate;
  /** AWSCURRENT was tried and refused. */
  readonly refusesCurrent: boolean;
}

/**
 * Finds, before anything is changed anywhere, which stored password opens each database; then checks on that session
 * that the user is who it should be, that the test query runs and that the change would be permitted.
 *
 * @returns a door for each database, side by side; close them
 * @throws LockedOutError when no stored password opens a database, and what Database and DatabaseSession throw; no
 *   session is left open then
 */
export async function preflight(
  context: RotationContext,
  { candidates, pending }: { candidates: Candidates; pending: Password },
): Promise<readonly Door[]> {
  const openings = context.databases.map(
    async (database) =>
      await inspect(context, await open(context, { database, candidates }), pending),
  );
  const outcomes = await Promise.allSettled(openings);
  const doors = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return doors;
  await closeDoors(doors);
  throw failure.reason as Error;
}

export async function closeDoors(doors: readonly Door[]): Promise<void> {
  await Promise.all(
    doors.map(async ({ session }) => {
      await session.close();
    }),
  );
}

/**
 * Opens a database with the first stored credential that it accepts, within the budget of refused logins.
 *
 * @param except a password that is known to be refused
 * @throws LockedOutError when it accepts none
 */
export async function open(
  context: RotationContext,
  {
    database,
    candidates,
    except,
  }: { database: Database; candidates: Candidates; except?: Password },
): Promise<Door> {
  const tried: string[] = [];
  for await (const opener of candidates.inOrder({ except })) {
    const session = await database.login(opener.credential);
    if (session !== 'refused') {
      return { database, session, opener, refusesCurrent: tried.includes(AWSCURRENT) };
    }
    await recordRefusal(context, { database, credential: opener.credential });
    tried.push(opener.source);
    if (context.logins.left(database.name) === 0) break;
  }
  throw new LockedOutError(`it refuses every stored password that was tried: ${tried.join(', ')}`, {
    subject: database.name,
    remedy:
      'set the password of AWSCURRENT on the database as an administrator; the next attempt goes on by itself',
  });
}

async function inspect(context: RotationContext, door: Door, pending: Password): Promise<Door> {
  const { database, session, opener } = door;
  try {
    await session.check();
    if (opener.source === AWSPENDING) return door;
    if (opener.source === AWSCURRENT && (await session.hasOverlap())) {
      return await resolveOverlap(context, door, pending);
    }
    await session.rehearse({ from: opener.credential.password, to: pending });
    return door;
  } catch (error) {
    await session.close();
    context.reporter.warn('preflight.failed', { database: database.name, error });
    throw error;
  }
}

/**
 * Two passwords are valid, so that AWSCURRENT opens the database says nothing about AWSPENDING. If pending is the other
 * one, the change is made already. Otherwise a change now could end AWSCURRENT.
 */
async function resolveOverlap(
  context: RotationContext,
  door: Door,
  pending: Password,
): Promise<Door> {
  const { database, opener } = door;
  const credential = { username: opener.credential.username, password: pending };
  if ((await look(context, { database, credential })) === 'accepted') {
    return { ...door, opener: { source: AWSPENDING, credential } };
  }
  throw new OverlapUnresolvedError(
    'a password rollover is under way that this rotation did not begin',
    {
      subject: database.name,
      remedy:
        'wait until it ends, or end it with ALTER USER … EXPIRE PASSWORD ROLLOVER PERIOD once nothing uses the older password',
    },
  );
}
