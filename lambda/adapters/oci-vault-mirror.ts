import {
  DeadlineError,
  type LockstepError,
  SecretFormatError,
  VaultBusyError,
  VaultRefusedError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { SecretDocument } from '../domain/secret-document.ts';
import type { Clock } from '../domain/time-budget.ts';
import type {
  Mirror,
  MirrorSelector,
  MirrorStage,
  MirrorVersion,
  MirrorVersionSummary,
} from '../ports/mirror.ts';
import { OCI_DOCUMENT_BYTES_MAX } from './oci-document-size.ts';
import { isNameTaken, isNotFound, isWorthRepeating, toMirrorError } from './oci-errors.ts';
import { awaitActive, requireAlive, requireOwnSecret } from './oci-secret-state.ts';
import type {
  OciSecretBundle,
  OciVaultCalls,
  OciVersionSummary,
  TaggedSecret,
} from './oci-vault-calls.ts';
import { parseSecretDocument } from './secret-document.ts';

/** Secret retrieval may lag behind secret management: OCI documents no consistency between the two services. */
const READ_LAG_MAX_MS = 15_000;
const READ_LAG_POLL_MS = 250;
const RETRY_DELAYS_MS = [500, 1_500];
/** OCI keeps 30 versions in use and 30 that wait for their deletion; a page holds 100. */
const PAGES_MAX = 5;
/** OCI wants at least a day; the hour more allows for clocks that differ. */
const DELETION_DELAY_MS = 25 * 60 * 60 * 1000;
const STAGES: readonly string[] = ['CURRENT', 'PENDING', 'PREVIOUS', 'LATEST', 'DEPRECATED'];

export interface OciVaultMirrorOptions {
  readonly name: string;
  readonly secretOcid: string;
  /** What a person should do when OCI does not accept the signature of a call. */
  readonly signInRemedy: string;
  readonly calls: OciVaultCalls;
  readonly clock: Clock;
  /** Takes up every secret that is read or staged. */
  readonly redactor: Redactor;
  /** Pauses before an attempt is repeated, in milliseconds. @default two of them, 2 s together */
  readonly retryDelaysMs?: readonly number[];
}

/**
 * Each verb is one attempt that begins by looking at what is there, so that it can be repeated after a lost reply: up
 * to three times, while OCI gives no usable answer, is busy or throttles.
 */
export class OciVaultMirror implements Mirror {
  readonly name: string;
  readonly documentBytesMax = OCI_DOCUMENT_BYTES_MAX;
  readonly #calls: OciVaultCalls;
  readonly #options: OciVaultMirrorOptions;

  constructor(options: OciVaultMirrorOptions) {
    this.name = options.name;
    this.#calls = options.calls;
    this.#options = options;
  }

  async read(selector: MirrorSelector): Promise<MirrorVersion | undefined> {
    return await this.#repeated(async () => {
      const bundle = await this.#find(selector);
      if (bundle !== undefined) return this.#version(bundle);
      await this.#requireReadable(selector);
      return undefined;
    });
  }

  async stage(version: {
    readonly name: string;
    readonly document: SecretDocument;
  }): Promise<void> {
    const { name, document } = version;
    this.#options.redactor.add(document.text, document.credential.password.reveal());
    const base64 = Buffer.from(document.text).toString('base64');
    await this.#repeated(async () => {
      const { secret } = await this.#active();
      requireOwnSecret(secret, this.name);
      if ((await this.#find({ name })) !== undefined) return;
      try {
        await this.#calls.addPendingVersion({ name, base64 });
      } catch (error) {
        // An earlier attempt made it, and reading lags.
        if (!isNameTaken(error)) throw error;
      }
      await Promise.all([this.#active(), this.#awaitRead({ name }, () => true)]);
    });
  }

  async promote(number: number): Promise<void> {
    await this.#repeated(async () => {
      const { secret, etag } = await this.#active();
      const isCurrent = secret.currentVersionNumber === number;
      if (!isCurrent) await this.#calls.makeCurrent(number, etag);
      await Promise.all([
        isCurrent || this.#active(),
        this.#awaitRead({ number }, ({ stages = [] }) => toStages(stages).includes('CURRENT')),
      ]);
    });
  }

  async list(): Promise<readonly MirrorVersionSummary[]> {
    return await this.#repeated(async () => await this.#list());
  }

  async retire(number: number): Promise<void> {
    await this.#repeated(async () => {
      const version = (await this.#list()).find((one) => one.number === number);
      if (version?.isScheduledForDeletion === true) return;
      if (version?.stages.includes('DEPRECATED') !== true) throw this.#notDeprecated(number);
      const time = new Date(this.#options.clock.now() + DELETION_DELAY_MS);
      await this.#calls.scheduleSecretVersionDeletion(number, time);
    });
  }

  async #repeated<T>(attempt: () => Promise<T>): Promise<T> {
    let failure: unknown;
    const { clock, retryDelaysMs = RETRY_DELAYS_MS } = this.#options;
    for (const delayMs of [0, ...retryDelaysMs]) {
      if (delayMs > 0) await clock.sleep(delayMs);
      try {
        return await attempt();
      } catch (error) {
        // Where time runs out between two attempts, what made the first one fail says more.
        if (error instanceof DeadlineError && failure !== undefined) break;
        failure = error;
        if (!isWorthRepeating(error)) break;
      }
    }
    throw this.#mirrorError(failure);
  }

  async #active(): Promise<TaggedSecret & { readonly looks: number }> {
    const { clock } = this.#options;
    let looks = 0;
    const seen = await awaitActive({ name: this.name, clock }, async () => {
      looks += 1;
      return await this.#calls.getSecret();
    });
    return { ...seen, looks };
  }

  async #find(selector: MirrorSelector): Promise<OciSecretBundle | undefined> {
    try {
      return await this.#calls.getSecretBundle(selector);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /**
   * OCI answers 404 for a version that does not exist and for all that is not permitted. What tells them apart: the
   * secret itself can be seen, and every secret has a CURRENT version.
   */
  async #requireReadable(selector: MirrorSelector): Promise<void> {
    const { secret } = await this.#calls.getSecret();
    requireAlive(secret, this.name);
    if ('stage' in selector && selector.stage === 'CURRENT') {
      await this.#calls.getSecretBundle(selector);
    }
  }

  async #awaitRead(
    selector: MirrorSelector,
    isExpected: (bundle: OciSecretBundle) => boolean,
  ): Promise<void> {
    const { clock } = this.#options;
    const endMs = clock.now() + READ_LAG_MAX_MS;
    for (;;) {
      const bundle = await this.#find(selector);
      if (bundle !== undefined && isExpected(bundle)) return;
      if (clock.now() >= endMs) {
        throw new VaultBusyError(`the change cannot be read after ${READ_LAG_MAX_MS} ms`, {
          subject: this.name,
          remedy: 'wait for the retry; if it happens again, ask OCI why secret retrieval lags',
        });
      }
      await clock.sleep(READ_LAG_POLL_MS);
    }
  }

  /** Asks while it looks whether the secret is ACTIVE, and once more where that took waiting or the answer was no list. */
  async #list(): Promise<readonly MirrorVersionSummary[]> {
    const [active, early] = await Promise.allSettled([this.#active(), this.#listVersions()]);
    if (active.status === 'rejected') throw active.reason;
    if (active.value.looks === 1 && early.status === 'fulfilled') return early.value;
    return await this.#listVersions();
  }

  async #listVersions(): Promise<readonly MirrorVersionSummary[]> {
    const versions: OciVersionSummary[] = [];
    let page: string | undefined;
    for (let count = 1; count <= PAGES_MAX; count += 1) {
      const { versions: listed, nextPage } = await this.#calls.listSecretVersions(page);
      versions.push(...listed);
      page = nextPage;
      if (page === undefined) break;
    }
    return versions.map(toSummary).sort((one, other) => other.number - one.number);
  }

  #version(bundle: OciSecretBundle): MirrorVersion {
    const { versionNumber: number, versionName: name, stages = [] } = bundle;
    const base64 = bundle.secretBundleContent?.content;
    if (base64 === undefined) {
      throw new SecretFormatError(`version ${number} holds no base64 content`, {
        subject: this.name,
        remedy: 'store the secret as base64 content',
      });
    }
    const text = Buffer.from(base64, 'base64').toString();
    const { redactor } = this.#options;
    const origin = { vault: this.name, version: String(number), redactor };
    return {
      number,
      name,
      stages: toStages(stages),
      document: parseSecretDocument(text, origin),
      holds: (document) => document.text === text,
    };
  }

  #notDeprecated(number: number): VaultRefusedError {
    return new VaultRefusedError(`version ${number} is not there or not DEPRECATED`, {
      subject: this.name,
      remedy: 'delete no version but a DEPRECATED one',
    });
  }

  #mirrorError(error: unknown): LockstepError {
    return toMirrorError(error, this.#options);
  }
}

function toSummary(version: OciVersionSummary): MirrorVersionSummary {
  const { versionNumber: number, name, stages = [], timeOfDeletion } = version;
  return {
    number,
    name,
    stages: toStages(stages),
    isScheduledForDeletion: timeOfDeletion !== undefined,
  };
}

/** Without those that the SDK does not know either. */
function toStages(stages: readonly string[]): readonly MirrorStage[] {
  return stages.filter((stage): stage is MirrorStage => STAGES.includes(stage));
}
