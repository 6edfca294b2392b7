import { LockedOutError, PasswordPolicyError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../domain/staging-label.ts';
import type { Database, DatabaseSession, Rehearsal, Standing } from '../ports/database.ts';
import type { Candidates } from './candidates.ts';
import type { RotationWorld } from './context.ts';
import { findOtherHalf } from './other-half.ts';
import { look, recordRefusal } from './proof.ts';
import type { RotationVersions } from './versions.ts';

/** A database and the session that opened it, kept for the change. */
export interface OpenDoor {
  readonly database: Database;
  readonly session: DatabaseSession;
  /** Where the password is stored that opened it, or who else opened it. */
  readonly source: string;
  /** That password. A superuser's session has none of the user's. */
  readonly from: Password | undefined;
  /** AWSCURRENT was tried and refused. */
  readonly refusesCurrent: boolean;
}

/** An open door of which it is known what a change would do. */
export interface Door extends OpenDoor {
  /** How long the old password stays valid after the change, in milliseconds; see Rehearsal. */
  readonly keptForMs: number;
  readonly standing: Standing;
}

interface Search {
  readonly candidates: Candidates;
  readonly versions: RotationVersions;
  /** The pending password is stored nowhere, so that no earlier attempt can have set it. @default false */
  readonly isInvented?: boolean;
}

/**
 * Finds, before anything is changed anywhere, which stored password opens each database; then checks on that session
 * that the user is who it should be, that the test query runs and that the change would be permitted.
 *
 * @returns a door for each database, side by side; close them
 * @throws LockedOutError when no stored password opens a database, OverlapUnresolvedError when two do and it is not known
 *   which was set last, and what Database and DatabaseSession throw; no session is left open then
 */
export async function preflight(context: RotationWorld, search: Search): Promise<readonly Door[]> {
  const openings = context.databases.map(
    async (database) =>
      await inspect(context, await open(context, { ...search, database }), search),
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

export async function closeDoors(doors: readonly OpenDoor[]): Promise<void> {
  await Promise.all(
    doors.map(async ({ session }) => {
      await session.close();
    }),
  );
}

/**
 * Opens a database with the first stored credential that it accepts, within the budget of refused logins; where it accepts
 * none, as the superuser, if there is one.
 *
 * @param except a password that is known to be refused
 * @throws LockedOutError when nothing opens it
 */
export async function open(
  context: RotationWorld,
  {
    database,
    candidates,
    except,
  }: { database: Database; candidates: Candidates; except?: Password },
): Promise<OpenDoor> {
  const tried: string[] = [];
  for await (const { source, credential } of candidates.inOrder({ except })) {
    if (isGuess(context, source)) {
      const door = await openAsSuperuser(database, candidates.username, tried);
      if (door !== undefined) return door;
    }
    const session = await database.login(credential);
    if (session !== 'refused') {
      const refusesCurrent = tried.includes(AWSCURRENT);
      return { database, session, source, from: credential.password, refusesCurrent };
    }
    await recordRefusal(context, { database, credential });
    tried.push(source);
    if (context.logins.left(database.name) === 0) break;
  }
  const door = await openAsSuperuser(database, candidates.username, tried);
  if (door !== undefined) return door;
  const isSpent = context.logins.left(database.name) === 0;
  throw new LockedOutError(
    `it refuses every stored password of ${candidates.username} that was tried: ${tried.join(', ') || 'there is none'}${isSpent ? '; no more refused logins are allowed today' : ''}`,
    {
      subject: database.name,
      remedy: `set the password of ${candidates.username} on the database as an administrator to one that the secret holds; the next attempt goes on by itself`,
    },
  );
}

/**
 * Whether the superuser, if there is one, goes before a login that may well be refused: with a version that no label
 * names, and where users alternate with any but the inactive user's last password.
 */
function isGuess({ strategy }: RotationWorld, source: string): boolean {
  const known =
    strategy.kind === 'alternating-users' ? [AWSPREVIOUS] : [AWSCURRENT, AWSPENDING, AWSPREVIOUS];
  return !known.includes(source);
}

async function openAsSuperuser(
  database: Database,
  username: string,
  tried: readonly string[],
): Promise<OpenDoor | undefined> {
  const session = await database.loginAsSuperuser(username);
  if (session === undefined) return undefined;
  const refusesCurrent = tried.includes(AWSCURRENT);
  return { database, session, source: 'the superuser', from: undefined, refusesCurrent };
}

async function inspect(context: RotationWorld, door: OpenDoor, search: Search): Promise<Door> {
  const { database, session, source } = door;
  const to = search.versions.pending.document.credential.password;
  try {
    await session.check();
    if (source === AWSPENDING) return { ...door, keptForMs: 0, standing: 'newest' };
    const rehearsal = await rehearse(context, door, search);
    if (rehearsal === 'made') {
      return { ...door, source: AWSPENDING, from: to, keptForMs: 0, standing: 'newest' };
    }
    const { keptForMs, standing } = rehearsal;
    // Without overlap a change leaves no other password valid, whichever was set last.
    if (standing === 'newest' || keptForMs === 0) {
      return { ...door, keptForMs, standing: 'newest' };
    }
    // People are kept out already: of the two passwords neither is AWSCURRENT, and neither is worth keeping.
    if (source !== AWSCURRENT) return { ...door, keptForMs, standing: 'older' };
    const other = await findOtherHalf(context, { ...search, database });
    if (other.candidate.source === AWSPENDING) {
      // Changed by an earlier attempt, which left AWSCURRENT valid.
      return { ...door, source: AWSPENDING, from: to, keptForMs, standing: 'newest' };
    }
    return { ...door, keptForMs, standing: other.standing };
  } catch (error) {
    await session.close();
    context.reporter.warn('preflight.failed', { database: database.name, error });
    throw error;
  }
}

/**
 * A server that remembers passwords refuses the pending one as used before, if an earlier attempt has set it beside the
 * one that opened the session. Then the change is made.
 */
async function rehearse(
  context: RotationWorld,
  { database, session }: OpenDoor,
  { versions, isInvented = false }: Search,
): Promise<Rehearsal | 'made'> {
  const { credential } = versions.pending.document;
  try {
    return await session.rehearse({ to: credential.password });
  } catch (error) {
    if (!(error instanceof PasswordPolicyError) || isInvented) throw error;
    if ((await look(context, { database, credential })) !== 'accepted') throw error;
    return 'made';
  }
}
