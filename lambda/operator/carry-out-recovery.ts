import { MirrorMismatchError, OutcomeUnknownError } from '../domain/errors.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import type { Database, DatabaseSession } from '../ports/database.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { RotationWorld } from '../rotation/context.ts';
import { levelMirror, requireMirrorsHold, stageInMirror } from '../rotation/mirrors.ts';
import { look, proveEverywhere } from '../rotation/proof.ts';
import { record } from '../rotation/record.ts';
import type { Opener, RecoveryPlan, RecoveryStep } from './recovery-plan.ts';

/**
 * Does what a plan says, and proves in the end that AWSCURRENT opens every database and is what every mirror holds.
 *
 * A password reaches a database only after both vaults were read back and hold it; AWSCURRENT moves only after it has
 * logged in everywhere. Wherever this dies, or fails, planning anew from what is there then goes on from there.
 *
 * @param onStep is told of each step before it is done
 * @throws PasswordPolicyError when a database does not take the password by its rules; it was not changed then
 * @throws AuditError when an intent cannot be kept, before the change; and what the ports throw
 */
export async function carryOutRecovery(
  world: RotationWorld,
  plan: RecoveryPlan,
  onStep: (step: RecoveryStep) => void = () => undefined,
): Promise<void> {
  try {
    await carryOutAll(world, plan, onStep);
  } finally {
    await world.aside.settled();
  }
}

async function carryOutAll(
  world: RotationWorld,
  plan: RecoveryPlan,
  onStep: (step: RecoveryStep) => void,
): Promise<void> {
  const version = { versionId: plan.versionId, document: plan.document };
  let isProven = false;
  for (const step of plan.steps) {
    onStep(step);
    if (isPublishing(step) && !isProven) {
      await proveEverywhere(world, plan.document.credential);
      isProven = true;
    }
    await carryOut(world, { step, version });
  }
  await proveAll(world, version);
}

function isPublishing({ kind }: RecoveryStep): boolean {
  return kind === 'level' || kind === 'move-current' || kind === 'remove-pending';
}

async function carryOut(
  world: RotationWorld,
  { step, version }: { readonly step: RecoveryStep; readonly version: SecretVersion },
): Promise<void> {
  switch (step.kind) {
    case 'store':
      await store(world, version);
      return;
    case 'stage-in-mirror':
      await stageInMirror(world, { mirror: mirrorOf(world, step.mirror), version });
      return;
    case 'set':
      await setOn(world, {
        database: databaseOf(world, step.database),
        opener: step.opener,
        version,
      });
      return;
    case 'level':
      await levelMirror(world, { mirror: mirrorOf(world, step.mirror), version });
      return;
    case 'move-current':
      await moveCurrent(world, { version, from: step.from });
      return;
    case 'remove-pending':
      await world.secrets.moveLabel({ label: AWSPENDING, from: step.versionId });
      await record(world, { event: 'pending-removed', subject: world.secrets.name });
  }
}

async function store(world: RotationWorld, version: SecretVersion): Promise<void> {
  await world.secrets.stage(version);
  await requireStored(world, version);
  const { credential } = version.document;
  await record(world, { event: 'staged', subject: world.secrets.name, credential });
}

async function requireStored(
  { secrets }: RotationWorld,
  { versionId, document }: SecretVersion,
): Promise<void> {
  const held = await secrets.read({ versionId });
  if (held?.document.text === document.text) return;
  throw new MirrorMismatchError(`version ${versionId} holds another value, or none`, {
    subject: secrets.name,
    remedy: 'run the recovery again, which looks anew',
  });
}

/** Nothing is applied that is not stored: both vaults are read back first. */
async function setOn(
  world: RotationWorld,
  {
    database,
    opener,
    version,
  }: { readonly database: Database; readonly opener: Opener; readonly version: SecretVersion },
): Promise<void> {
  await requireStored(world, version);
  await requireMirrorsHold(world, version);
  const { credential } = version.document;
  const subject = database.name;
  const session = await openWith(database, opener, credential.username);
  try {
    await session.check();
    const rehearsal = await session.rehearse({ to: credential.password });
    await world.audit.append({ event: 'change-intended', subject, credential });
    await change(world, { database, session, opener, version, rehearsal });
  } finally {
    await session.close();
  }
  await record(world, { event: 'changed', subject, credential });
}

async function openWith(
  database: Database,
  opener: Opener,
  username: string,
): Promise<DatabaseSession> {
  const session =
    opener === 'the superuser'
      ? await database.loginAsSuperuser(username)
      : await database.login(opener.credential);
  if (session !== undefined && session !== 'refused') return session;
  throw new OutcomeUnknownError('it does not accept any more what it accepted a moment ago', {
    subject: database.name,
    remedy: 'see who else changes this password, then run the recovery again',
  });
}

/**
 * Of two passwords that are valid on Oracle none is ended here: which of them is older is not known, and after the change
 * the new one is valid whichever the session's was. An exception is not "nothing happened": a login tells.
 */
async function change(
  world: RotationWorld,
  given: {
    readonly database: Database;
    readonly session: DatabaseSession;
    readonly opener: Opener;
    readonly version: SecretVersion;
    readonly rehearsal: Awaited<ReturnType<DatabaseSession['rehearse']>>;
  },
): Promise<void> {
  const { database, session, opener, version, rehearsal } = given;
  const { credential } = version.document;
  const from = opener === 'the superuser' ? {} : { from: opener.credential.password };
  const isOneOfTwo = rehearsal.standing === 'one-of-two' && rehearsal.keptForMs > 0;
  const request = { ...from, to: credential.password };
  try {
    const standing = isOneOfTwo ? 'older' : 'newest';
    if ((await session.change({ ...request, standing })) === 'changed') return;
    await session.change({ ...request, standing: 'older' });
  } catch (error) {
    if ((await look(world, { database, credential })) === 'accepted') return;
    const name = error instanceof Error ? error.name : 'Error';
    await record(world, {
      event: 'change-failed',
      subject: database.name,
      credential,
      error: name,
    });
    throw error;
  }
}

async function moveCurrent(
  world: RotationWorld,
  { version, from }: { readonly version: SecretVersion; readonly from: string | undefined },
): Promise<void> {
  const { secrets } = world;
  await secrets.moveLabel({
    label: AWSCURRENT,
    to: version.versionId,
    ...(from === undefined ? {} : { from }),
  });
  const { credential } = version.document;
  await record(world, { event: 'promoted', subject: secrets.name, credential });
}

/** The end: AWSCURRENT, as it is read now, opens everything and is what every mirror holds. */
async function proveAll(
  world: RotationWorld,
  { versionId, document }: SecretVersion,
): Promise<void> {
  const { secrets, mirrors } = world;
  const current = await secrets.read({ label: AWSCURRENT });
  if (current?.versionId !== versionId) {
    throw new OutcomeUnknownError('AWSCURRENT is another version by now', {
      subject: secrets.name,
      remedy: 'see who else moves it, then run the recovery again',
    });
  }
  for (const mirror of mirrors) await requireLevel(mirror, document);
  await proveEverywhere(world, current.document.credential);
}

async function requireLevel(mirror: Mirror, document: SecretVersion['document']): Promise<void> {
  if ((await mirror.read({ stage: 'CURRENT' }))?.holds(document) === true) return;
  throw new MirrorMismatchError('its CURRENT version is not what AWSCURRENT holds', {
    subject: mirror.name,
    remedy: 'see who else writes to it, then run the recovery again',
  });
}

function databaseOf({ databases }: RotationWorld, name: string): Database {
  const found = databases.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`there is no database ${name}`);
  return found;
}

function mirrorOf({ mirrors }: RotationWorld, name: string): Mirror {
  const found = mirrors.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`there is no mirror ${name}`);
  return found;
}
