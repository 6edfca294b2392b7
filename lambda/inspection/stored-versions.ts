import { asLockstepError, SecretFormatError, type LockstepError } from '../domain/errors.ts';
import type { Credential } from '../domain/credential.ts';
import type { SecretDocument } from '../domain/secret-document.ts';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../domain/staging-label.ts';
import type { ReadableMirror, ReadableSecrets } from './context.ts';

/** A version as a vault holds it. */
export interface StoredVersion {
  readonly vault: string;
  /** Secrets Manager's version id, or the mirror's number. */
  readonly version: string;
  /** Secrets Manager's version id, also in a mirror where Lockstep made the version. */
  readonly name: string | undefined;
  readonly labels: readonly string[];
  /** In milliseconds since 1970. */
  readonly createdMs: number | undefined;
  readonly document: SecretDocument | undefined;
  /** Whether it is what its vault makes of the document: connection strings beside the credential, for one. */
  readonly holds: (document: SecretDocument) => boolean;
  /** Why there is no document. */
  readonly problem: string | undefined;
}

/** What could be read of a vault. */
export interface VaultView {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly StoredVersion[];
  /** How many more versions there are, which were not read. */
  readonly unreadCount: number;
  /** Why nothing could be read. */
  readonly error: LockstepError | undefined;
}

interface Vaults {
  readonly secrets: ReadableSecrets;
  readonly mirrors: readonly ReadableMirror[];
}

/**
 * Reads every version that has a label or stage, and the newest of the others, from each vault. Never throws: a vault
 * that cannot be read says so in its view.
 *
 * @param othersMax how many versions without a label are read from each vault
 * @returns Secrets Manager first, then the mirrors as configured
 */
export async function readStoredVersions(
  { secrets, mirrors }: Vaults,
  othersMax: number,
): Promise<readonly VaultView[]> {
  const views = [
    viewOf(secrets.name, async () => await readSecrets(secrets, othersMax)),
    ...mirrors.map(
      async (mirror) => await viewOf(mirror.name, async () => await readMirror(mirror, othersMax)),
    ),
  ];
  return await Promise.all(views);
}

type Contents = Pick<VaultView, 'versions' | 'unreadCount'>;

async function viewOf(name: string, read: () => Promise<Contents>): Promise<VaultView> {
  try {
    return { name, ...(await read()), error: undefined };
  } catch (error) {
    return { name, versions: [], unreadCount: 0, error: asLockstepError(error) };
  }
}

async function readSecrets(secrets: ReadableSecrets, othersMax: number): Promise<Contents> {
  const listed = await secrets.listVersions();
  const wanted = select(listed, { othersMax, isOther: ({ labels }) => labels.length === 0 });
  const versions = wanted.map(async ({ versionId, labels, createdMs }) => ({
    vault: secrets.name,
    version: versionId,
    name: versionId,
    labels,
    createdMs,
    ...(await valueOf(secrets.read({ versionId }))),
  }));
  return {
    versions: await Promise.all(versions),
    unreadCount: listed.length - wanted.length,
  };
}

/** A version that waits for its deletion can no longer be read. */
async function readMirror(mirror: ReadableMirror, othersMax: number): Promise<Contents> {
  const listed = (await mirror.list()).filter((one) => !one.isScheduledForDeletion);
  const wanted = select(listed, {
    othersMax,
    isOther: ({ stages }) => stages.every((stage) => stage === 'DEPRECATED' || stage === 'LATEST'),
  });
  const versions = wanted.map(async ({ number, name, stages }) => ({
    vault: mirror.name,
    version: String(number),
    name,
    labels: stages,
    createdMs: undefined,
    ...(await valueOf(mirror.read({ number }))),
  }));
  return {
    versions: await Promise.all(versions),
    unreadCount: listed.length - wanted.length,
  };
}

function select<Version>(
  versions: readonly Version[],
  { isOther, othersMax }: { isOther: (version: Version) => boolean; othersMax: number },
): readonly Version[] {
  const others = new Set(versions.filter(isOther).slice(0, othersMax));
  return versions.filter((version) => !isOther(version) || others.has(version));
}

interface Held {
  readonly document: SecretDocument;
  readonly holds?: (document: SecretDocument) => boolean;
}

async function valueOf(
  reading: Promise<Held | undefined>,
): Promise<Pick<StoredVersion, 'document' | 'holds' | 'problem'>> {
  const holds = (): boolean => false;
  try {
    const held = await reading;
    if (held === undefined) return { document: undefined, holds, problem: 'it has no value' };
    return {
      document: held.document,
      holds: (document) => held.holds?.(document) ?? held.document.text === document.text,
      problem: undefined,
    };
  } catch (error) {
    if (!(error instanceof SecretFormatError)) throw error;
    return { document: undefined, holds, problem: error.message };
  }
}

/** A credential and every place that it is stored in. */
export interface StoredCredential {
  readonly credential: Credential;
  /** Likeliest first; never empty. */
  readonly places: readonly StoredVersion[];
}

const LIKELIEST: readonly string[] = [AWSCURRENT, AWSPENDING, AWSPREVIOUS];
const LIKELIEST_IN_MIRROR: readonly string[] = ['CURRENT', 'PENDING', 'PREVIOUS'];

/**
 * The stored credentials of one user, likeliest first: AWSCURRENT before AWSPENDING, so that no login is refused where
 * nothing is wrong; then AWSPREVIOUS, the mirrors' stages, and the rest as the vaults list it. None comes twice.
 */
export function storedCredentials(
  vaults: readonly VaultView[],
  username: string,
): readonly StoredCredential[] {
  const found: { credential: Credential; places: StoredVersion[] }[] = [];
  const versions = vaults.flatMap((vault) => vault.versions);
  for (const place of versions.toSorted((one, other) => rank(one) - rank(other))) {
    const credential = place.document?.credential;
    if (credential?.username !== username) continue;
    const known = found.find((one) => one.credential.password.equals(credential.password));
    if (known === undefined) found.push({ credential, places: [place] });
    else known.places.push(place);
  }
  return found;
}

function rank({ labels }: StoredVersion): number {
  for (const [index, wanted] of [...LIKELIEST, ...LIKELIEST_IN_MIRROR].entries()) {
    if (labels.includes(wanted)) return index;
  }
  return LIKELIEST.length + LIKELIEST_IN_MIRROR.length;
}

/** The version that carries AWSCURRENT or another label of Secrets Manager. */
export function versionUnder(
  vaults: readonly VaultView[],
  label: string,
): StoredVersion | undefined {
  return vaults[0]?.versions.find(({ labels }) => labels.includes(label));
}

/** Where a version is, for people: `secrets-manager AWSCURRENT`, `oci version 3 (DEPRECATED)`. */
export function placeText({ vault, version, labels }: StoredVersion): string {
  const [label] = labels.filter((one) => LIKELIEST.includes(one));
  if (label !== undefined) return `${vault} ${label}`;
  return `${vault} version ${version} (${labels.join(', ') || 'no label'})`;
}
