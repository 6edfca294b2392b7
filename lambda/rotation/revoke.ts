import { LoginRefusedError, OverlapError } from '../domain/errors.ts';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../domain/staging-label.ts';
import type { Database, DatabaseSession } from '../ports/database.ts';
import type { SecretDescription, SecretVersion } from '../ports/secret-store.ts';
import { Candidates } from './candidates.ts';
import type { RotationContext } from './context.ts';
import { findOtherHalf } from './other-half.ts';
import { prove, recordRefusal } from './proof.ts';
import { record } from './record.ts';
import { readCurrent } from './versions.ts';

/**
 * Ends, on every database, each password but AWSCURRENT's, which is proven before and after.
 *
 * 1. A database knows no other password: nothing changes there.
 * 2. Another password is valid and older than AWSCURRENT's: it ends.
 * 3. Another one is valid and newer, or a rotation is under way: OverlapError, and nothing ends anywhere.
 *
 * @throws OverlapError, OverlapUnresolvedError, LoginRefusedError, AuditError, and what Database and DatabaseSession
 *   throw
 */
export async function revoke(context: RotationContext): Promise<void> {
  const description = await context.secrets.describe();
  if (isUnderWay(description)) throw underWay();
  await endOverlap(context, context.databases);
}

/**
 * The same, for what a setting of the rotation leaves valid for a time only. Called once an hour; does nothing before
 * that time, while a rotation is under way, and where it was done since the last rotation.
 */
export async function retire(context: RotationContext): Promise<void> {
  const { retireAfterMs, secrets, clock, audit, reporter } = context;
  const description = await secrets.describe();
  const { rotatedMs } = description;
  if (retireAfterMs === undefined || rotatedMs === undefined) return;
  if (clock.now() < rotatedMs + retireAfterMs) return;
  if (isUnderWay(description)) {
    reporter.warn('retire.waits-for-rotation');
    return;
  }
  const ended = await audit.countBySubject({ event: 'overlap-ended', sinceMs: rotatedMs });
  const left = context.databases.filter(({ name }) => !ended.has(name));
  if (left.length > 0) await endOverlap(context, left);
}

/** AWSPENDING stays on the version that became AWSCURRENT; on any other it is of a rotation that has not ended. */
export function isUnderWay({ labels }: SecretDescription): boolean {
  return [...labels.values()].some(
    (held) => held.includes(AWSPENDING) && !held.includes(AWSCURRENT),
  );
}

async function endOverlap(context: RotationContext, databases: readonly Database[]): Promise<void> {
  if (context.strategy.kind === 'alternating-users') throw usersAlternate();
  const [current] = await Promise.all([readCurrent(context), context.logins.require(databases)]);
  const doors: { database: Database; session: DatabaseSession }[] = [];
  try {
    for (const database of databases) {
      const session = await login(context, database, current);
      doors.push({ database, session });
      await requireNewest(context, { database, session, current });
    }
    for (const door of doors) await endOn(context, door, current);
  } finally {
    for (const { session } of doors) await session.close();
  }
}

async function login(
  context: RotationContext,
  database: Database,
  { document: { credential } }: SecretVersion,
): Promise<DatabaseSession> {
  const session = await database.login(credential);
  if (session !== 'refused') return session;
  await recordRefusal(context, { database, credential });
  throw new LoginRefusedError('it refuses AWSCURRENT, so no other password may end', {
    subject: database.name,
    remedy: 'start a rotation with aws secretsmanager rotate-secret, which finds the password',
  });
}

async function requireNewest(
  context: RotationContext,
  {
    database,
    session,
    current,
  }: { database: Database; session: DatabaseSession; current: SecretVersion },
): Promise<void> {
  const { username, password } = current.document.credential;
  await session.check();
  const { standing } = await session.rehearse({ to: password });
  if (standing === 'newest') return;
  const previous = await context.secrets.read({ label: AWSPREVIOUS });
  const versions = { current, pending: current, previous };
  const candidates = new Candidates(context, versions, username);
  const other = await findOtherHalf(context, { database, versions, candidates });
  if (other.standing === 'newest') return;
  throw new OverlapError('another password was set after that of AWSCURRENT', {
    subject: database.name,
    remedy: 'start a rotation with aws secretsmanager rotate-secret, which replaces it',
  });
}

async function endOn(
  context: RotationContext,
  { database, session }: { database: Database; session: DatabaseSession },
  { document: { credential } }: SecretVersion,
): Promise<void> {
  const subject = database.name;
  await context.audit.append({ event: 'overlap-end-intended', subject, credential });
  await session.endOverlap(credential.password);
  await prove(context, { database, credential });
  await record(context, { event: 'overlap-ended', subject, credential });
}

function underWay(): OverlapError {
  return new OverlapError('a rotation is under way', {
    remedy:
      'wait until it has ended; if it was abandoned, start a new one with aws secretsmanager rotate-secret',
  });
}

function usersAlternate(): OverlapError {
  return new OverlapError('users alternate, so the older password is that of the other user', {
    remedy: 'start a rotation with aws secretsmanager rotate-secret, which replaces it',
  });
}
