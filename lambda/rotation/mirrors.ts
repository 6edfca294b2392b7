import { MirrorMismatchError, MirrorNotStagedError, VaultFullError } from '../domain/errors.ts';
import type { Mirror, MirrorVersion } from '../ports/mirror.ts';
import type { SecretVersion } from '../ports/secret-store.ts';
import type { RotationWorld } from './context.ts';
import { prune } from './prune.ts';
import { recordAside } from './record.ts';

interface InMirror {
  readonly mirror: Mirror;
  readonly version: SecretVersion;
}

/**
 * Makes sure that the mirror holds the version under its name, reading it back from there.
 *
 * @throws MirrorMismatchError when the name holds another value
 * @throws MirrorNotStagedError when the mirror took the value and does not show it
 */
export async function stageInMirror(
  context: RotationWorld,
  { mirror, version }: InMirror,
): Promise<MirrorVersion> {
  const name = version.versionId;
  const held = await mirror.read({ name });
  if (held !== undefined) return requireSameValue({ mirror, version }, held);
  return await stageAnew(context, { mirror, version });
}

/**
 * Stages a version that the mirror is not expected to hold; where it does hold one of that name, reads that.
 *
 * @throws as `stageInMirror`
 */
export async function stageAnew(
  context: RotationWorld,
  { mirror, version }: InMirror,
): Promise<MirrorVersion> {
  const name = version.versionId;
  await stageWithRoom(context, { mirror, version });
  const staged = await mirror.read({ name });
  if (staged === undefined) {
    throw new MirrorNotStagedError(`it does not show version ${name} after taking it`, {
      subject: mirror.name,
      remedy: 'wait for the retry',
    });
  }
  requireSameValue({ mirror, version }, staged);
  const { credential } = version.document;
  recordAside(context, { event: 'staged', subject: mirror.name, credential });
  return staged;
}

/** Reads the version back from every mirror. @throws as `stageInMirror` */
export async function requireMirrorsHold(
  context: RotationWorld,
  version: SecretVersion,
): Promise<void> {
  await Promise.all(
    context.mirrors.map(async (mirror) => await stageInMirror(context, { mirror, version })),
  );
}

/** Brings the mirror's CURRENT to this version, whatever it is now; changes nothing where it is level already. */
export async function levelMirror(
  context: RotationWorld,
  { mirror, version }: InMirror,
): Promise<void> {
  const current = await mirror.read({ stage: 'CURRENT' });
  if (current?.holds(version.document) === true) return;
  context.reporter.metric({ name: 'MirrorLag', value: 1, subject: mirror.name });
  const { number } = await stageInMirror(context, { mirror, version });
  await mirror.promote(number);
  const { credential } = version.document;
  recordAside(context, { event: 'mirror-levelled', subject: mirror.name, credential });
}

/** Whether the mirror is known to have this version as CURRENT. Never throws. */
export async function isLevel(mirror: Mirror, { document }: SecretVersion): Promise<boolean> {
  try {
    return (await mirror.read({ stage: 'CURRENT' }))?.holds(document) ?? false;
  } catch {
    return false;
  }
}

async function stageWithRoom(context: RotationWorld, { mirror, version }: InMirror): Promise<void> {
  const request = { name: version.versionId, document: version.document };
  try {
    await mirror.stage(request);
  } catch (error) {
    if (!(error instanceof VaultFullError)) throw error;
    await prune(context, mirror);
    await mirror.stage(request);
  }
}

/** @throws MirrorMismatchError */
export function requireSameValue(
  { mirror, version }: InMirror,
  held: MirrorVersion,
): MirrorVersion {
  if (held.holds(version.document)) return held;
  throw new MirrorMismatchError(
    `its version ${version.versionId} holds another value than Secrets Manager`,
    {
      subject: mirror.name,
      remedy:
        'find out who wrote it; take AWSPENDING off this version in Secrets Manager and rotate again',
    },
  );
}
