import { SecretFormatError } from '../domain/errors.ts';
import type { Credential } from '../domain/credential.ts';
import type { Password } from '../domain/password.ts';
import type { SecretDocument } from '../domain/secret-document.ts';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../domain/staging-label.ts';
import type { RotationContext } from './context.ts';
import type { RotationVersions } from './versions.ts';

/** A stored credential that may open a database, and where it is stored. */
export interface Candidate {
  readonly source: string;
  readonly credential: Credential;
}

const LABELS_READ: readonly string[] = [AWSCURRENT, AWSPENDING, AWSPREVIOUS];
/** How many versions without a label are read, newest first, from each vault. */
const OTHER_VERSIONS_READ_MAX = 5;

/**
 * The stored credentials of the rotation's user, likeliest first: AWSCURRENT before AWSPENDING, so that a rotation in
 * which nothing fails makes no refused login (those lock accounts); then AWSPREVIOUS; then every other version that a
 * vault still holds, which are read only when they are asked for.
 */
export class Candidates {
  readonly #context: RotationContext;
  readonly #labelled: readonly Candidate[];
  readonly #username: string;
  #others: Promise<readonly Candidate[]> | undefined;

  constructor(context: RotationContext, { current, pending, previous }: RotationVersions) {
    this.#context = context;
    this.#username = current.document.credential.username;
    this.#labelled = [
      { source: AWSCURRENT, credential: current.document.credential },
      { source: AWSPENDING, credential: pending.document.credential },
      ...(previous === undefined
        ? []
        : [{ source: AWSPREVIOUS, credential: previous.document.credential }]),
    ];
  }

  /** No password comes twice. `except` leaves out one that is known to be refused. */
  async *inOrder({ except }: { except?: Password | undefined } = {}): AsyncGenerator<Candidate> {
    const seen = except === undefined ? [] : [except];
    for (const candidate of this.#labelled) {
      if (this.#isNew(candidate, seen)) yield candidate;
    }
    this.#others ??= this.#readOthers();
    for (const candidate of await this.#others) {
      if (this.#isNew(candidate, seen)) yield candidate;
    }
  }

  #isNew(candidate: Candidate, seen: Password[]): boolean {
    const { username, password } = candidate.credential;
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
      return await this.#read(
        mirror.name,
        versions,
        async ({ number }) => await mirror.read({ number }),
      );
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
    return await this.#read(
      secrets.name,
      versions,
      async ({ versionId }) => await secrets.read({ versionId }),
    );
  }

  async #read<Summary>(
    vault: string,
    versions: readonly Summary[],
    read: (version: Summary) => Promise<{ readonly document: SecretDocument } | undefined>,
  ): Promise<readonly Candidate[]> {
    const candidates: Candidate[] = [];
    for (const version of versions.slice(0, OTHER_VERSIONS_READ_MAX)) {
      const held = await readable(read(version));
      if (held === undefined) continue;
      candidates.push({
        source: `an older version in ${vault}`,
        credential: held.document.credential,
      });
    }
    return candidates;
  }
}

/** A version that is no secret document is no candidate. */
async function readable<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SecretFormatError) return undefined;
    throw error;
  }
}
