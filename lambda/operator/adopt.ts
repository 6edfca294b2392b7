import {
  asLockstepError,
  LoginRefusedError,
  MirrorMismatchError,
  MissingVersionError,
  OverlapError,
  SecretFormatError,
  SecretTooLargeError,
} from '../domain/errors.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import { areOfOneRotation, nextUsername } from '../domain/strategy.ts';
import type { Database } from '../ports/database.ts';
import type { Mirror, MirrorVersion } from '../ports/mirror.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { RotationWorld } from '../rotation/context.ts';
import { stageInMirror } from '../rotation/mirrors.ts';
import { allOrThrow, recordRefusal } from '../rotation/proof.ts';

/** What became of one mirror. `same`: it held AWSCURRENT's value already. */
export interface AdoptedMirror {
  readonly name: string;
  readonly outcome: 'same' | 'taken-over';
}

export interface Adoption {
  readonly versionId: string;
  readonly username: string;
  readonly databases: readonly string[];
  readonly mirrors: readonly AdoptedMirror[];
  /** Whether the trail says so since now, or did before. */
  readonly isNew: boolean;
}

/**
 * Takes over a credential that exists, without rotating it. Afterwards every mirror holds AWSCURRENT's value under
 * AWSCURRENT's version id, as after a rotation.
 *
 * 1. A database refuses AWSCURRENT: nothing is changed anywhere.
 * 2. A mirror holds the same value: it stays as it is.
 * 3. A mirror holds another value of the same user, or something that is no credential (a secret needs a first version,
 *    and a person may have put anything there): it gets AWSCURRENT's value.
 * 4. A mirror holds the credential of another user: nothing is changed, because somebody may read it.
 * 5. A rotation is under way: nothing is changed.
 *
 * Running it again, wherever it ended before, does what is left and changes nothing twice.
 *
 * @throws LoginRefusedError, MirrorMismatchError, MissingVersionError, SecretTooLargeError, OverlapError,
 *   ConfigurationError when the user is none of two that alternate, AuditError, and what the ports throw
 */
export async function adopt(world: RotationWorld): Promise<Adoption> {
  try {
    return await takeOver(world);
  } finally {
    await world.aside.settled();
  }
}

async function takeOver(world: RotationWorld): Promise<Adoption> {
  const current = await requireCurrent(world);
  const { credential } = current.document;
  nextUsername(world.strategy, credential.username);
  const mirrors = await Promise.all(
    world.mirrors.map(async (mirror) => await lookAt(world, mirror, current)),
  );
  const isKnown = (await world.audit.countBySubject({ event: 'adopted', sinceMs: 0 })).has(
    world.secrets.name,
  );
  await requireAccepted(world, current);
  for (const mirror of world.mirrors.filter((_, index) => mirrors[index]?.outcome !== 'same')) {
    const { number } = await stageInMirror(world, { mirror, version: current });
    await mirror.promote(number);
    await requireHolds(mirror, current);
    await world.audit.append({ event: 'promoted', subject: mirror.name, credential });
  }
  if (!isKnown) {
    await world.audit.append({ event: 'adopted', subject: world.secrets.name, credential });
  }
  return {
    versionId: current.versionId,
    username: credential.username,
    databases: world.databases.map(({ name }) => name),
    mirrors,
    isNew: !isKnown,
  };
}

async function requireCurrent({ secrets }: RotationWorld): Promise<SecretVersion> {
  const [{ labels }, current] = await Promise.all([
    secrets.describe(),
    secrets.read({ label: AWSCURRENT }),
  ]);
  const isUnderWay = [...labels.values()].some(
    (held) => held.includes(AWSPENDING) && !held.includes(AWSCURRENT),
  );
  if (isUnderWay) {
    throw new OverlapError('a rotation is under way', {
      subject: secrets.name,
      remedy: 'wait until it has ended; see lockstep status',
    });
  }
  if (current !== undefined) return current;
  throw new MissingVersionError('no version with AWSCURRENT has a value', {
    subject: secrets.name,
    remedy: 'store the credential that the databases accept today in the secret',
  });
}

async function lookAt(
  { strategy }: RotationWorld,
  mirror: Mirror,
  { document }: SecretVersion,
): Promise<AdoptedMirror> {
  const size = new TextEncoder().encode(document.text).length;
  if (size > mirror.documentBytesMax) {
    throw new SecretTooLargeError(
      `the secret has ${size} bytes, and the vault takes ${mirror.documentBytesMax}`,
      { subject: mirror.name, remedy: 'take what is not needed out of the secret' },
    );
  }
  const held = await readIfCredential(mirror);
  if (held?.holds(document) === true) return { name: mirror.name, outcome: 'same' };
  const [theirs, ours] = [held?.document.credential.username, document.credential.username];
  if (theirs === undefined || areOfOneRotation(strategy, ours, theirs)) {
    return { name: mirror.name, outcome: 'taken-over' };
  }
  throw new MirrorMismatchError(`it holds the credential of ${theirs}, not of ${ours}`, {
    subject: mirror.name,
    remedy:
      'name another OCI secret in rotations.json, or make sure that nobody reads this one and store the right user in it',
  });
}

/** What is no credential stands in nobody's way. */
async function readIfCredential(mirror: Mirror): Promise<MirrorVersion | undefined> {
  try {
    return await mirror.read({ stage: 'CURRENT' });
  } catch (error) {
    if (error instanceof SecretFormatError) return undefined;
    throw asLockstepError(error);
  }
}

/** AWSCURRENT opens every database, and the session is the user's own. Side by side; each may refuse once. */
async function requireAccepted(
  world: RotationWorld,
  { document: { credential } }: SecretVersion,
): Promise<void> {
  const prove = async (database: Database): Promise<void> => {
    const session = await database.login(credential);
    if (session === 'refused') {
      await recordRefusal(world, { database, credential });
      throw new LoginRefusedError('it refuses AWSCURRENT', {
        subject: database.name,
        remedy: `set the password of ${credential.username} there to that of AWSCURRENT as an administrator, or correct the secret`,
      });
    }
    try {
      await session.check();
    } finally {
      await session.close();
    }
    await world.audit.append({ event: 'proven', subject: database.name, credential });
  };
  await allOrThrow(world.databases.map(prove));
}

async function requireHolds(mirror: Mirror, { document }: SecretVersion): Promise<void> {
  if ((await mirror.read({ stage: 'CURRENT' }))?.holds(document) === true) return;
  throw new MirrorMismatchError('its CURRENT version is not what AWSCURRENT holds', {
    subject: mirror.name,
    remedy: 'see who else writes to it, then adopt again',
  });
}
