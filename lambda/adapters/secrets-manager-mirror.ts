import {
  MirrorManagedElsewhereError,
  VaultBusyError,
  VaultRefusedError,
} from '../domain/errors.ts';
import type { SecretDocument } from '../domain/secret-document.ts';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from '../domain/staging-label.ts';
import type { Clock } from '../domain/time-budget.ts';
import type {
  Mirror,
  MirrorSelector,
  MirrorStage,
  MirrorVersion,
  MirrorVersionSummary,
} from '../ports/mirror.ts';
import type { SecretSelector, SecretVersionSummary } from '../ports/secret-store.ts';
import type { AwsSecretStore, FoundVersion } from './aws-secret-store.ts';

/** Secrets Manager is eventually consistent: what was just written shows a little later (aws-sdk-js-v3 issue 7701). */
const READ_LAG_MAX_MS = 5_000;
const READ_LAG_POLL_MS = 250;
const PROMOTE_ATTEMPTS_MAX = 3;
const LABELS = { CURRENT: AWSCURRENT, PENDING: AWSPENDING, PREVIOUS: AWSPREVIOUS } as const;

export interface SecretsManagerMirrorOptions {
  /** The secret, which has the name of the mirror. */
  readonly store: AwsSecretStore;
  readonly clock: Clock;
}

/**
 * A mirror in AWS Secrets Manager: a secret that follows AWSCURRENT of the rotated one and is not rotated itself.
 *
 * The name of a version is its id, its number the time it was made. A version without a label counts as DEPRECATED and as
 * scheduled for deletion, because Secrets Manager removes those by itself: none needs to be retired.
 */
export class SecretsManagerMirror implements Mirror {
  readonly name: string;
  readonly documentBytesMax: number;
  readonly #store: AwsSecretStore;
  readonly #clock: Clock;

  constructor({ store, clock }: SecretsManagerMirrorOptions) {
    this.name = store.name;
    this.documentBytesMax = store.documentBytesMax;
    this.#store = store;
    this.#clock = clock;
  }

  async read(selector: MirrorSelector): Promise<MirrorVersion | undefined> {
    const inStore = await this.#inStore(selector);
    const found = inStore && (await this.#store.read(inStore));
    return found && toVersion(found);
  }

  async stage({ name, document }: { name: string; document: SecretDocument }): Promise<void> {
    await this.#requireOwnSecret();
    // A version that is there already keeps its value and its labels.
    await this.#store.stage({ versionId: name, document });
    await this.#awaitRead(name, () => true);
  }

  async promote(number: number): Promise<void> {
    let versionId = await this.#tryPromote(number);
    for (let attempt = 2; versionId === undefined; attempt += 1) {
      await this.#clock.sleep(READ_LAG_POLL_MS);
      versionId = await this.#tryPromote(number, attempt === PROMOTE_ATTEMPTS_MAX);
    }
    await this.#awaitRead(versionId, ({ labels }) => labels.includes(AWSCURRENT));
  }

  async list(): Promise<readonly MirrorVersionSummary[]> {
    return (await this.#versions()).map(toSummary);
  }

  async retire(number: number): Promise<void> {
    const { labels } = findNumber(await this.#versions(), { number, subject: this.name });
    if (labels.length === 0) return;
    throw new VaultRefusedError(`version ${number} has a label`, {
      subject: this.name,
      remedy: 'delete no version but a DEPRECATED one',
    });
  }

  /** Secrets Manager lists the versions of a secret that waits for its deletion, too; `describe` refuses it. */
  async #versions(): Promise<readonly SecretVersionSummary[]> {
    const [versions] = await Promise.all([this.#store.listVersions(), this.#store.describe()]);
    return versions;
  }

  /** @returns undefined where another call has moved the label meanwhile, and it is to be looked at again */
  async #tryPromote(number: number, isLast = false): Promise<string | undefined> {
    const versions = await this.#versions();
    const { versionId: to, labels } = findNumber(versions, { number, subject: this.name });
    if (labels.includes(AWSCURRENT)) return to;
    const from = versions.find((one) => one.labels.includes(AWSCURRENT))?.versionId;
    try {
      await this.#store.moveLabel({
        label: AWSCURRENT,
        to,
        ...(from !== undefined && { from }),
      });
      return to;
    } catch (error) {
      if (isLast || !(error instanceof VaultRefusedError)) throw error;
      return undefined;
    }
  }

  async #inStore(selector: MirrorSelector): Promise<SecretSelector | undefined> {
    if ('name' in selector) return { versionId: selector.name };
    if ('stage' in selector) return { label: LABELS[selector.stage] };
    const versions = await this.#versions();
    const version = versions.find(({ createdMs }) => createdMs === selector.number);
    return version && { versionId: version.versionId };
  }

  async #requireOwnSecret(): Promise<void> {
    const { rotationEnabled } = await this.#store.describe();
    if (!rotationEnabled) return;
    throw new MirrorManagedElsewhereError('Secrets Manager rotates the secret itself', {
      subject: this.name,
      remedy: "switch the secret's own rotation off: aws secretsmanager cancel-rotate-secret",
    });
  }

  async #awaitRead(
    versionId: string,
    isExpected: (version: FoundVersion) => boolean,
  ): Promise<void> {
    const endMs = this.#clock.now() + READ_LAG_MAX_MS;
    for (;;) {
      const version = await this.#store.read({ versionId });
      if (version !== undefined && isExpected(version)) return;
      if (this.#clock.now() >= endMs) {
        throw new VaultBusyError(`the change cannot be read after ${READ_LAG_MAX_MS} ms`, {
          subject: this.name,
          remedy: 'wait for the retry',
        });
      }
      await this.#clock.sleep(READ_LAG_POLL_MS);
    }
  }
}

/** @throws VaultRefusedError where there is no such version, or two of the same millisecond: neither is guessed at */
function findNumber(
  versions: readonly SecretVersionSummary[],
  { number, subject }: { readonly number: number; readonly subject: string },
): SecretVersionSummary {
  const [found, ...others] = versions.filter(({ createdMs }) => createdMs === number);
  if (found !== undefined && others.length === 0) return found;
  const finding = found === undefined ? 'is not there' : 'is not the only one of its millisecond';
  throw new VaultRefusedError(`version ${number} ${finding}`, {
    subject,
    remedy: 'start a new rotation with aws secretsmanager rotate-secret, which makes a new version',
  });
}

function toVersion({ versionId, labels, createdMs, document }: FoundVersion): MirrorVersion {
  return {
    number: createdMs,
    name: versionId,
    stages: toStages(labels),
    document,
    holds: ({ text }) => text === document.text,
  };
}

function toSummary({ versionId, labels, createdMs }: SecretVersionSummary): MirrorVersionSummary {
  return {
    number: createdMs,
    name: versionId,
    stages: toStages(labels),
    isScheduledForDeletion: labels.length === 0,
  };
}

/** AWSPENDING stays on a version that has been promoted, where it says nothing any more. */
function toStages(labels: readonly string[]): readonly MirrorStage[] {
  if (labels.length === 0) return ['DEPRECATED'];
  if (labels.includes(AWSCURRENT)) return ['CURRENT'];
  if (labels.includes(AWSPREVIOUS)) return ['PREVIOUS'];
  return labels.includes(AWSPENDING) ? ['PENDING'] : [];
}
