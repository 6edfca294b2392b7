import { asLockstepError, PasswordPolicyError } from '../domain/errors.ts';
import { differingKeys, withCredential } from '../domain/secret-document.ts';
import { AWSCURRENT, AWSPENDING } from '../domain/staging-label.ts';
import { findAccepted, type AccountView } from '../inspection/accounts.ts';
import {
  placeText,
  readStoredVersions,
  storedCredentials,
  versionUnder,
  type StoredCredential,
  type StoredVersion,
  type VaultView,
} from '../inspection/stored-versions.ts';
import type { RotationWorld } from '../rotation/context.ts';
import { recordRefusal } from '../rotation/proof.ts';
import { accountObstacle, underWayObstacle, vaultObstacles } from './recovery-obstacles.ts';
import type { Opener, RecoveryObstacle, RecoveryPlan, RecoveryStep } from './recovery-plan.ts';

/** Secrets Manager takes 32 to 64 characters; OCI the same ones as a version's name. */
const VERSION_ID = /^[A-Za-z0-9._-]{32,64}$/;
const HEX_DIGITS = 32;

export interface RecoveryOptions {
  /** How many logins each database may refuse while it is asked. */
  readonly refusedMax: number;
  /** Databases that have refused to take AWSCURRENT's password by their rules, as a carried-out plan found. */
  readonly refusesCurrent: ReadonlySet<string>;
}

export type Planned =
  | { readonly plan: RecoveryPlan }
  | { readonly obstacles: readonly [RecoveryObstacle, ...RecoveryObstacle[]] };

/**
 * Finds, among all versions that both vaults hold, the one that each database accepts, and what is to be done.
 *
 * What it can meet, and what it plans:
 * 1. Everything is in step: nothing.
 * 2. Labels were dropped, or AWSCURRENT was moved or saved by hand, and all databases agree on another stored version, a
 *    deprecated one or the mirror's own: AWSCURRENT goes to what they have. No database is touched.
 * 3. A pending version is lost from the labels and live on a database: as 2 where all have it, else as 6.
 * 4. A mirror is ahead of AWSCURRENT, or behind it: it is levelled.
 * 5. A rotation was half taken back, or databases are on different versions: those that differ are set to AWSCURRENT.
 * 6. One of those refuses AWSCURRENT's password by its rules, as Oracle does with a recent one: the secret goes to what
 *    that database has, and the others are set to it.
 * 7. AWSPENDING is stuck, with a value or without: the label goes once nothing depends on it.
 * 8. No stored password opens a database: the superuser sets it, if one is configured; else an obstacle.
 * 9. An account is locked, its password has expired, or a database or vault does not answer: an obstacle with its remedy.
 * 10. A rotation is at work: an obstacle, because it and a recovery would undo each other.
 *
 * Logs in, within the bound of refused logins, each of which it records; changes nothing.
 */
export async function planRecovery(
  world: RotationWorld,
  options: RecoveryOptions,
): Promise<Planned> {
  try {
    return await plan(world, options);
  } finally {
    await world.aside.settled();
  }
}

async function plan(world: RotationWorld, options: RecoveryOptions): Promise<Planned> {
  const vaults = await readStoredVersions(world, Infinity);
  const current = versionUnder(vaults, AWSCURRENT);
  const early = [...vaultObstacles(vaults), ...(await underWayObstacle(world, vaults))];
  if (isSome(early)) return { obstacles: early };
  const username = usernameOf(vaults, current);
  if (username === undefined) return { obstacles: [nothingStored()] };
  const candidates = storedCredentials(vaults, username);
  const accounts = await askDatabases(world, {
    username,
    candidates,
    refusedMax: options.refusedMax,
  });
  const openers = await openersOf(world, accounts);
  const closed = accounts.flatMap((account) =>
    openers.has(account.database) ? [] : [accountObstacle(account)],
  );
  if (isSome(closed)) return { obstacles: closed };
  const target = chooseTarget({ accounts, candidates, current, options });
  return { plan: makePlan(world, { vaults, current, username, accounts, openers, target }) };
}

function isSome<Item>(items: readonly Item[]): items is readonly [Item, ...Item[]] {
  return items.length > 0;
}

function usernameOf(
  vaults: readonly VaultView[],
  current: StoredVersion | undefined,
): string | undefined {
  const versions = [current, ...vaults.flatMap((vault) => vault.versions)];
  return versions.find((one) => one?.document !== undefined)?.document?.credential.username;
}

function nothingStored(): RecoveryObstacle {
  return {
    subject: 'secrets-manager',
    finding: 'no vault holds a version with a user name and a password',
    remedy: 'store the credential that the databases accept today in the secret',
  };
}

/** The databases side by side, each within the bound. */
async function askDatabases(
  world: RotationWorld,
  search: {
    readonly username: string;
    readonly candidates: readonly StoredCredential[];
    readonly refusedMax: number;
  },
): Promise<readonly AccountView[]> {
  const left = new Map(world.databases.map(({ name }) => [name, search.refusedMax]));
  const logins = {
    left: (name: string) => left.get(name) ?? 0,
    spend: (name: string) => left.set(name, (left.get(name) ?? 0) - 1),
  };
  const asked = world.databases.map(async (database) => {
    const view = await findAccepted({ logins, clock: world.clock }, { database, ...search });
    for (const { credential } of view.refused) {
      await recordRefusal(world, { database, credential });
    }
    return view;
  });
  return await Promise.all(asked);
}

/** Who opens each database; a database that nobody opens is left out. */
async function openersOf(
  world: RotationWorld,
  accounts: readonly AccountView[],
): Promise<ReadonlyMap<string, Opener>> {
  const openers = new Map<string, Opener>();
  for (const { database: name, username, acceptance } of accounts) {
    if (acceptance.outcome === 'accepted') {
      openers.set(name, openerOf(acceptance.accepted));
      continue;
    }
    if (acceptance.outcome === 'failed') continue;
    const database = world.databases.find((one) => one.name === name);
    const session = await database?.loginAsSuperuser(username);
    if (session === undefined) continue;
    await session.close();
    openers.set(name, 'the superuser');
  }
  return openers;
}

function openerOf({ credential, places: [place] }: StoredCredential): Opener {
  return { credential, place: place === undefined ? 'a stored version' : placeText(place) };
}

interface Target {
  readonly stored: StoredCredential;
  readonly reason: string;
}

function chooseTarget({
  accounts,
  candidates,
  current,
  options,
}: {
  readonly accounts: readonly AccountView[];
  readonly candidates: readonly StoredCredential[];
  readonly current: StoredVersion | undefined;
  readonly options: RecoveryOptions;
}): Target {
  const accepted = accounts.flatMap(({ acceptance }) =>
    acceptance.outcome === 'accepted' ? [acceptance.accepted] : [],
  );
  const [first, ...rest] = accepted;
  if (first !== undefined && accepted.length === accounts.length) {
    const isOne = rest.every((one) => one.credential.password.equals(first.credential.password));
    if (isOne) return { stored: first, reason: 'every database accepts it' };
  }
  const refusing = accounts.find(({ database }) => options.refusesCurrent.has(database));
  if (refusing?.acceptance.outcome === 'accepted') {
    const reason = `${refusing.database} has it and does not take the password of AWSCURRENT again`;
    return { stored: refusing.acceptance.accepted, reason };
  }
  const ofCurrent = candidates.find(
    ({ places }) => current !== undefined && places.includes(current),
  );
  const stored = ofCurrent ?? first ?? candidates[0];
  if (stored === undefined) throw new RangeError('no credential is stored');
  return {
    stored,
    reason: ofCurrent === undefined ? 'a database accepts it' : 'it is what applications read',
  };
}

function makePlan(
  world: RotationWorld,
  found: {
    readonly vaults: readonly VaultView[];
    readonly current: StoredVersion | undefined;
    readonly username: string;
    readonly accounts: readonly AccountView[];
    readonly openers: ReadonlyMap<string, Opener>;
    readonly target: Target;
  },
): RecoveryPlan {
  const { vaults, current, username, accounts, openers, target } = found;
  const version = versionFor(world, { ...found, stored: target.stored });
  const toSet = accounts
    .filter(({ acceptance }) => !accepts(acceptance, target.stored))
    // What may refuse by its rules goes first: nothing else has been changed then.
    .toSorted((one, other) => orderOf(world, one) - orderOf(world, other));
  const [, ...mirrors] = vaults;
  const unlevel = mirrors.filter(({ versions }) => !isLevel(versions, version.document));
  const pending = versionUnder(vaults, AWSPENDING);
  const isLeftover = pending !== undefined && pending.version !== version.versionId;
  const steps: readonly RecoveryStep[] = [
    ...(version.isStored ? [] : [{ kind: 'store' } as const]),
    ...(toSet.length > 0 ? mirrors : unlevel)
      .filter(({ versions }) => !holds(versions, version))
      .map(({ name: mirror }) => ({ kind: 'stage-in-mirror', mirror }) as const),
    ...toSet.map(({ database }) => {
      const opener = openers.get(database) ?? 'the superuser';
      return { kind: 'set', database, opener } as const;
    }),
    ...unlevel.map(({ name: mirror }) => ({ kind: 'level', mirror }) as const),
    ...(current?.version === version.versionId
      ? []
      : [{ kind: 'move-current', from: current?.version } as const]),
    ...(isLeftover && pending.version !== current?.version
      ? [{ kind: 'remove-pending', versionId: pending.version } as const]
      : []),
  ];
  const [place] = target.stored.places;
  return {
    username,
    versionId: version.versionId,
    document: version.document,
    place: place === undefined ? 'a stored version' : placeText(place),
    reason: target.reason,
    steps,
  };
}

function accepts(
  acceptance: AccountView['acceptance'],
  { credential: { password } }: StoredCredential,
): boolean {
  return (
    acceptance.outcome === 'accepted' && acceptance.accepted.credential.password.equals(password)
  );
}

function orderOf({ databases }: RotationWorld, { database }: AccountView): number {
  return databases.find(({ name }) => name === database)?.canTakeBack === true ? 1 : 0;
}

function isLevel(versions: readonly StoredVersion[], document: RecoveryPlan['document']): boolean {
  return versions.some(({ labels, holds }) => labels.includes('CURRENT') && holds(document));
}

function holds(versions: readonly StoredVersion[], { versionId, document }: Version): boolean {
  return versions.some((one) => one.name === versionId && one.holds(document));
}

interface Version {
  readonly versionId: string;
  readonly document: RecoveryPlan['document'];
  readonly isStored: boolean;
}

/**
 * The version of Secrets Manager that holds the credential. What else AWSCURRENT's document says stays as it is, so that
 * an old version's host does not come back with its password: then, and where only a mirror holds it, it is a new one.
 */
function versionFor(
  { secrets, random }: RotationWorld,
  {
    vaults,
    current,
    stored,
  }: {
    readonly vaults: readonly VaultView[];
    readonly current: StoredVersion | undefined;
    readonly stored: StoredCredential;
  },
): Version {
  const known = current?.document;
  const fits = stored.places.find(
    ({ document }) =>
      document !== undefined &&
      (known === undefined || differingKeys(known, document).length === 0),
  );
  const inSecrets = stored.places.find(
    ({ vault, document }) => vault === secrets.name && document?.text === fits?.document?.text,
  );
  if (inSecrets?.document !== undefined) {
    return { versionId: inSecrets.version, document: inSecrets.document, isStored: true };
  }
  const base = fits?.document ?? known ?? stored.places[0]?.document;
  if (base === undefined) throw new RangeError('a stored credential without a document');
  const document = withCredential(base, stored.credential);
  const name = fits?.name;
  const isFree =
    name !== undefined &&
    VERSION_ID.test(name) &&
    vaults[0]?.versions.every(({ version }) => version !== name) === true;
  return { versionId: isFree ? name : newVersionId(random), document, isStored: false };
}

function newVersionId(random: RotationWorld['random']): string {
  return Array.from({ length: HEX_DIGITS }, () => random.integerBelow(16).toString(16)).join('');
}

/** Whether a database refused to take a password by its rules, so that the plan has to be another. */
export function isRefusedByPolicy(error: unknown): boolean {
  return asLockstepError(error) instanceof PasswordPolicyError;
}
