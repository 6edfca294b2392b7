import { SecretFormatError } from '../domain/errors.ts';
import type { Credential } from '../domain/credential.ts';
import type { Password } from '../domain/password.ts';
import type { SecretDocument } from '../domain/secret-document.ts';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../domain/staging-label.ts';
import type { RotationWorld } from './context.ts';
import type { RotationVersions } from './versions.ts';

/** A stored credential that may open a database, and where it is stored. */
export interface Candidate {
  readonly source: string;
  readonly credential: Credential;
  /** The version in Secrets Manager, or in a mirror by its number. */
  readonly place:
    { readonly versionId: string } | { readonly mirror: string; readonly number: number };
}

const LABELS_READ: readonly string[] = [AWSCURRENT, AWSPENDING, AWSPREVIOUS];
/** How many versions without a label are read, newest first, from each vault. */
const OTHER_VERSIONS_READ_MAX = 5;

/** `likeliest` for a login; `previous-first` for the second of two passwords that are valid side by side. */
export type CandidateOrder = 'likeliest' | 'previous-first';

/**
 * The stored credentials of one user, likeliest first: AWSCURRENT before AWSPENDING, so that a rotation in which
 * nothing fails makes no refused login (those lock accounts); then AWSPREVIOUS; then every other version that a vault
 * still holds, which are read only when they are asked for.
 *
 * Where users alternate, the pending user's last password is AWSPREVIOUS, so that comes before AWSPENDING. If a person
 * saved the secret again, AWSPREVIOUS may hold the other user: it is the user that counts, not the label.
 */
export class Candidates {
  readonly #context: RotationWorld;
  readonly #versions: RotationVersions;
  readonly #username: string;
  #others: Promise<readonly Candidate[]> | undefined;

  constructor(context: RotationWorld, versions: RotationVersions, username: string) {
    this.#context = context;
    this.#versions = versions;
    this.#username = username;
  }

  get username(): string {
    return this.#username;
  }

  /** No password comes twice. `except` leaves out one that is not to be tried. */
  async *inOrder({
    except,
    order = 'likeliest',
  }: { except?: Password | undefined; order?: CandidateOrder } = {}): AsyncGenerator<Candidate> {
    const seen = except === undefined ? [] : [except];
    for (const candidate of this.#labelled(order)) {
      if (this.#isNew(candidate, seen)) yield candidate;
    }
    this.#others ??= this.#readOthers();
    for (const candidate of await this.#others) {
      if (this.#isNew(candidate, seen)) yield candidate;
    }
  }

  #labelled(order: CandidateOrder): readonly Candidate[] {
    const { current, pending, previous } = this.#versions;
    const isPreviousFirst =
      order === 'previous-first' || this.#context.strategy.kind === 'alternating-users';
    const ordered = isPreviousFirst
      ? ([
          [AWSCURRENT, current],
          [AWSPREVIOUS, previous],
          [AWSPENDING, pending],
        ] as const)
      : ([
          [AWSCURRENT, current],
          [AWSPENDING, pending],
          [AWSPREVIOUS, previous],
        ] as const);
    return ordered.flatMap(([source, version]) => {
      if (version === undefined) return [];
      const { versionId, document } = version;
      return [{ source, credential: document.credential, place: { versionId } }];
    });
  }

  #isNew({ credential }: Candidate, seen: Password[]): boolean {
    const { username, password } = credential;
    if (username !== this.#username) return false;
    if (seen.some((one) => one.equals(password))) return false;
    seen.push(password);
    return true;
  }

  async #readOthers(): Promise<readonly Candidate[]> {
    const inSecrets = this.#readOtherSecrets();
    const inMirrors = this.#context.mirrors.map(async (mirror) => {
      const versions = (await mirror.list()).filter(
        ({ isScheduledForDeletion }) => !isScheduledForDeletion,
      );
      return await readSome(mirror.name, versions, async ({ number }) => ({
        held: await mirror.read({ number }),
        place: { mirror: mirror.name, number },
      }));
    });
    const found = await Promise.allSettled([inSecrets, ...inMirrors]);
    return found.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return outcome.value;
      // One vault less to search: what the other one holds may still open the database.
      this.#context.reporter.warn('candidates.vault-not-searched', { error: outcome.reason });
      return [];
    });
  }

  async #readOtherSecrets(): Promise<readonly Candidate[]> {
    const { secrets } = this.#context;
    const versions = (await secrets.listVersions()).filter(
      ({ labels }) => !labels.some((label) => LABELS_READ.includes(label)),
    );
    return await readSome(secrets.name, versions, async ({ versionId }) => ({
      held: await secrets.read({ versionId }),
      place: { versionId },
    }));
  }
}

interface Found {
  readonly held: { readonly document: SecretDocument } | undefined;
  readonly place: Candidate['place'];
}

async function readSome<Summary>(
  vault: string,
  versions: readonly Summary[],
  read: (version: Summary) => Promise<Found>,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const version of versions.slice(0, OTHER_VERSIONS_READ_MAX)) {
    const found = await readable(read(version));
    if (found?.held === undefined) continue;
    candidates.push({
      source: `an older version in ${vault}`,
      credential: found.held.document.credential,
      place: found.place,
    });
  }
  return candidates;
}

/** A version that is no secret document is no candidate. */
export async function readable<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SecretFormatError) return undefined;
    throw error;
  }
}
