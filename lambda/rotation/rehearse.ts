import { asLockstepError, RotationUnderWayError } from '../domain/errors.ts';
import { generatePassword } from '../domain/generated-password.ts';
import type {
  DatabaseRehearsal,
  MirrorRehearsal,
  RehearsalReport,
} from '../domain/rehearsal-report.ts';
import { withCredential } from '../domain/secret-document.ts';
import { nextUsername } from '../domain/strategy.ts';
import type { Database } from '../ports/database.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import { Candidates } from './candidates.ts';
import type { RotationContext } from './context.ts';
import { requireFitsVaults, requireSameUser } from './create-secret.ts';
import { closeDoors, preflight } from './preflight.ts';
import { record } from './record.ts';
import { canTakeBack } from './restore.ts';
import { isUnderWay } from './revoke.ts';
import { readCurrent, readPrevious, type RotationVersions } from './versions.ts';

/**
 * Everything that a rotation does up to its first change, with a password that is made for this, stored nowhere and
 * applied nowhere. Writes nothing but audit entries.
 *
 * @returns for each database and each mirror whether a rotation could go on there; what could not is no error here
 * @throws RotationUnderWayError when one is: it decides what a database accepts
 * @throws MissingVersionError, ConfigurationError, SecretTooLargeError, LoginBudgetError as a rotation would
 */
export async function rehearse(context: RotationContext): Promise<RehearsalReport> {
  if (isUnderWay(await context.secrets.describe())) throw underWay();
  const [current, previous] = await Promise.all([
    readCurrent(context),
    readPrevious(context),
    context.logins.require(context.databases),
  ]);
  const pending = inventPending(context, current);
  requireFitsVaults(context, pending.document);
  const { username } = pending.document.credential;
  // Only stored credentials are tried: the invented one is no candidate.
  const candidates = new Candidates(context, { current, pending: current, previous }, username);
  const versions = { current, pending, previous };
  const [databases, mirrors] = await Promise.all([
    Promise.all(
      context.databases.map(
        async (database) => await rehearseDatabase(context, { database, candidates, versions }),
      ),
    ),
    Promise.all(
      context.mirrors.map(async (mirror) => await rehearseMirror(context, { mirror, current })),
    ),
  ]);
  for (const one of [...databases, ...mirrors]) {
    const error = one.isReady ? {} : { error: one.error };
    await record(context, { event: 'rehearsed', subject: one.name, ...error });
  }
  return { username, databases, mirrors };
}

function inventPending(
  { strategy, random, request: { versionId } }: RotationContext,
  { document }: SecretVersion,
): SecretVersion {
  const username = nextUsername(strategy, document.credential.username);
  const password = generatePassword(username, random);
  return { versionId, document: withCredential(document, { username, password }) };
}

interface DatabaseSearch {
  readonly database: Database;
  readonly candidates: Candidates;
  readonly versions: RotationVersions;
}

async function rehearseDatabase(
  context: RotationContext,
  { database, ...search }: DatabaseSearch,
): Promise<DatabaseRehearsal> {
  const { name, engine } = database;
  try {
    // One by one, so that what fails on one does not hide what would happen to the others.
    const alone = { ...context, databases: [database] };
    const doors = await preflight(alone, { ...search, isInvented: true });
    await closeDoors(doors);
    const [{ source, keptForMs } = { source: '', keptForMs: 0 }] = doors;
    return {
      name,
      engine,
      isReady: true,
      openedBy: source,
      keptForMs: Number.isFinite(keptForMs) ? keptForMs : null,
      isTakenBack: canTakeBack(context, database),
    };
  } catch (thrown) {
    const { name: error, message } = asLockstepError(thrown);
    return { name, engine, isReady: false, error, message };
  }
}

async function rehearseMirror(
  context: RotationContext,
  { mirror, current }: { mirror: Mirror; current: SecretVersion },
): Promise<MirrorRehearsal> {
  const { name } = mirror;
  try {
    await requireSameUser(context, mirror, current);
    const held = await mirror.read({ stage: 'CURRENT' });
    return { name, isReady: true, isLevel: held?.holds(current.document) ?? false };
  } catch (thrown) {
    const { name: error, message } = asLockstepError(thrown);
    return { name, isReady: false, error, message };
  }
}

function underWay(): RotationUnderWayError {
  return new RotationUnderWayError('a rotation is under way', {
    remedy:
      'wait until it has ended; if it is stuck, mend what stopped it, and Secrets Manager tries it again',
  });
}
