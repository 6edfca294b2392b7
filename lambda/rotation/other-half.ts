import { DatabaseUnreachableError, OverlapUnresolvedError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import type { Database, Standing } from '../ports/database.ts';
import { readable, type Candidate, type Candidates } from './candidates.ts';
import type { RotationWorld } from './context.ts';
import { look } from './proof.ts';
import type { RotationVersions } from './versions.ts';

/** How many versions before and after the one that holds the other half are read for the first that held either. */
const VERSIONS_READ_EACH_WAY_MAX = 5;

/** The password that is valid beside AWSCURRENT's, and where that makes AWSCURRENT's stand. */
export interface OtherHalf {
  readonly candidate: Candidate;
  readonly standing: Standing;
}

/**
 * Oracle in rollover accepts two passwords and does not tell which was set last. A change then ends the later one, and
 * ending the rollover ends the earlier one, so either kills AWSCURRENT if it is taken for the wrong half (databases.md
 * 3.1). The stored versions tell: the other half is looked for among them by trial logins; the order in which the vaults
 * got the versions tells which of the two is later.
 *
 * AWSPREVIOUS is tried first, because two rotations within one rollover are nothing unusual; AWSPENDING is, where the
 * trail has a change since the last rotation ended, so that the retries of a rotation that is stuck do not each spend a
 * refused login.
 *
 * @throws OverlapUnresolvedError when no stored version is the other half, or the vaults do not tell which is later: a
 *   guess could end AWSCURRENT
 * @throws DatabaseUnreachableError when a trial login gets no answer
 */
export async function findOtherHalf(
  context: RotationWorld,
  {
    database,
    versions,
    candidates,
  }: { database: Database; versions: RotationVersions; candidates: Candidates },
): Promise<OtherHalf> {
  const except = versions.current.document.credential.password;
  const order = (await wasChangedSinceRotation(context, database)) ? 'likeliest' : 'previous-first';
  for await (const candidate of candidates.inOrder({ except, order })) {
    const { credential } = candidate;
    const view = await look(context, { database, credential });
    if (view === 'unknown') throw noAnswer(database);
    if (view === 'accepted') {
      return { candidate, standing: await standingOfCurrent(context, versions, candidate) };
    }
    if (context.logins.left(database.name) === 0) break;
  }
  throw unresolved(database, 'the second valid password is no stored version');
}

/** For the order of the trial logins only, so a trail that cannot be read is no failure. */
async function wasChangedSinceRotation(
  { secrets, audit, reporter }: RotationWorld,
  { name }: Database,
): Promise<boolean> {
  try {
    const { rotatedMs } = await secrets.describe();
    const changed = await audit.countBySubject({ event: 'changed', sinceMs: rotatedMs ?? 0 });
    return changed.has(name);
  } catch (error) {
    reporter.warn('other-half.trail-not-read', { error });
    return false;
  }
}

async function standingOfCurrent(
  context: RotationWorld,
  versions: RotationVersions,
  candidate: Candidate,
): Promise<Standing> {
  const current = versions.current.document.credential.password;
  const other = candidate.credential.password;
  const { place } = candidate;
  const age =
    'versionId' in place
      ? await compareInSecrets(context, { current, other, at: place.versionId })
      : await compareInMirror(context, { current, other, place });
  if (age === 'unknown') {
    throw unresolved(undefined, 'no vault holds both passwords, so that neither is known as later');
  }
  return age;
}

interface Pair {
  readonly current: Password;
  readonly other: Password;
}

async function compareInSecrets(
  { secrets }: RotationWorld,
  { at, ...pair }: Pair & { at: string },
): Promise<Standing | 'unknown'> {
  const ids = (await secrets.listVersions()).map(({ versionId }) => versionId);
  return await compare(ids, at, pair, async (versionId) => {
    const held = await readable(secrets.read({ versionId }));
    return held?.document.credential.password;
  });
}

async function compareInMirror(
  { mirrors }: RotationWorld,
  { place, ...pair }: Pair & { place: { mirror: string; number: number } },
): Promise<Standing | 'unknown'> {
  const mirror = mirrors.find(({ name }) => name === place.mirror);
  if (mirror === undefined) return 'unknown';
  const numbers = (await mirror.list())
    .filter(({ isScheduledForDeletion }) => !isScheduledForDeletion)
    .map(({ number }) => number);
  return await compare(numbers, place.number, pair, async (number) => {
    const held = await readable(mirror.read({ number }));
    return held?.document.credential.password;
  });
}

/**
 * A person may have saved either password again, in a later version, so the first version that held each is what counts.
 *
 * @param ids newest first
 */
async function compare<Id>(
  ids: readonly Id[],
  at: Id,
  { current, other }: Pair,
  passwordIn: (id: Id) => Promise<Password | undefined>,
): Promise<Standing | 'unknown'> {
  const place = ids.indexOf(at);
  if (place === -1) return 'unknown';
  const near = ids.slice(
    Math.max(0, place - VERSIONS_READ_EACH_WAY_MAX),
    place + 1 + VERSIONS_READ_EACH_WAY_MAX,
  );
  // Oldest first.
  const passwords: (Password | undefined)[] = [];
  for (const id of near.toReversed()) passwords.push(await passwordIn(id));
  const [currentAt, otherAt] = [current, other].map((wanted) =>
    passwords.findIndex((password) => password?.equals(wanted) ?? false),
  );
  if (currentAt === undefined || otherAt === undefined || currentAt === -1 || otherAt === -1) {
    return 'unknown';
  }
  return currentAt < otherAt ? 'older' : 'newest';
}

function noAnswer({ name }: Database): DatabaseUnreachableError {
  return new DatabaseUnreachableError('it did not say which of the stored passwords is valid', {
    subject: name,
    remedy: 'wait for the retry',
  });
}

function unresolved(database: Database | undefined, finding: string): OverlapUnresolvedError {
  return new OverlapUnresolvedError(`a password rollover is under way, and ${finding}`, {
    ...(database === undefined ? {} : { subject: database.name }),
    remedy:
      'wait until the rollover ends, or end it with ALTER USER … EXPIRE PASSWORD ROLLOVER PERIOD once nothing uses the older password',
  });
}
