import type {
  GetSecretValueResponse,
  ListSecretVersionIdsResponse,
  SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import { type LockstepError, SecretFormatError, VaultRefusedError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import { AWSPENDING } from '../domain/staging-label.ts';
import type { Clock } from '../domain/time-budget.ts';
import type {
  LabelMove,
  SecretDescription,
  SecretSelector,
  SecretStore,
  SecretVersion,
  SecretVersionSummary,
} from '../ports/secret-store.ts';
import { attemptsOf, errorName, isNoValue, toVaultError } from './aws-errors.ts';
import { parseSecretDocument } from './secret-document.ts';
import type { SecretsManagerCalls } from './secrets-manager-calls.ts';

/** "Secret value size: 65,536 bytes" (Secrets Manager User Guide, quotas). */
export const AWS_DOCUMENT_BYTES_MAX = 65_536;
/**
 * Between two steps of a rotation the new version may not be readable yet (aws-sdk-js-v3 issue 7701). The pauses are
 * short, because in createSecret the version rightly has no value.
 */
const SETTLE_DELAYS_MS = [150, 300];
/** Secrets Manager keeps about 100 versions, and unlabelled ones for a day at least; a page holds 100. */
const PAGE_VERSIONS = 100;
const PAGES_MAX = 10;

/** A version and what the service says of it. */
export type FoundVersion = SecretVersion & SecretVersionSummary;

export interface AwsSecretStoreOptions {
  readonly calls: SecretsManagerCalls;
  readonly secretArn: string;
  /** @default secrets-manager */
  readonly name?: string;
  readonly clock: Clock;
  /** Takes up every secret that is read or staged. */
  readonly redactor: Redactor;
  /**
   * Pauses before a version asked for by id and label, which is not there, is asked for again, in milliseconds.
   * @default two of them, 450 ms together
   */
  readonly settleDelaysMs?: readonly number[];
}

/** One secret of AWS Secrets Manager: the rules of the leading vault, whatever carries its calls. */
export class AwsSecretStore implements SecretStore {
  readonly name: string;
  readonly documentBytesMax = AWS_DOCUMENT_BYTES_MAX;
  readonly #calls: SecretsManagerCalls;
  readonly #options: AwsSecretStoreOptions;

  constructor(options: AwsSecretStoreOptions) {
    this.name = options.name ?? 'secrets-manager';
    this.#calls = options.calls;
    this.#options = options;
  }

  async describe(): Promise<SecretDescription> {
    try {
      const secret = await this.#calls.describeSecret({ SecretId: this.#options.secretArn });
      if (secret.DeletedDate !== undefined) throw this.#markedForDeletion();
      return {
        rotationEnabled: secret.RotationEnabled ?? false,
        createdMs: secret.CreatedDate?.getTime(),
        rotatedMs: secret.LastRotatedDate?.getTime(),
        nextRotationMs: secret.NextRotationDate?.getTime(),
        labels: new Map(Object.entries(secret.VersionIdsToStages ?? {})),
      };
    } catch (error) {
      throw this.#vaultError('DescribeSecret', error);
    }
  }

  /** A version asked for by id and label is asked for up to three times: what is written shows late at times. */
  async read(selector: SecretSelector): Promise<FoundVersion | undefined> {
    const { clock, settleDelaysMs = SETTLE_DELAYS_MS } = this.#options;
    let version = await this.#find(selector);
    const isAwaited = 'versionId' in selector && selector.label !== undefined;
    for (const delayMs of isAwaited ? settleDelaysMs : []) {
      if (version !== undefined) break;
      await clock.sleep(delayMs);
      version = await this.#find(selector);
    }
    // A secret that does not exist gets the same answer as a version without a value: this tells them apart.
    if (version === undefined) await this.describe();
    return version;
  }

  async stage(version: SecretVersion): Promise<'staged' | 'already-exists'> {
    const { text, credential } = version.document;
    this.#options.redactor.add(text, credential.password.reveal());
    try {
      await this.#calls.putSecretValue({
        SecretId: this.#options.secretArn,
        ClientRequestToken: version.versionId,
        SecretString: text,
        // Were they left out, AWS would move AWSCURRENT at once.
        VersionStages: [AWSPENDING],
      });
      return 'staged';
    } catch (error) {
      if (errorName(error) === 'ResourceExistsException') return 'already-exists';
      throw this.#vaultError('PutSecretValue', error);
    }
  }

  async moveLabel(move: LabelMove): Promise<void> {
    try {
      await this.#calls.updateSecretVersionStage({
        SecretId: this.#options.secretArn,
        VersionStage: move.label,
        MoveToVersionId: move.to,
        RemoveFromVersionId: move.from,
      });
    } catch (error) {
      const failure = this.#vaultError('UpdateSecretVersionStage', error);
      // Where only the reply was lost, the SDK's repetition is refused: `from` does not hold the label any more.
      const isRepetition = failure instanceof VaultRefusedError && attemptsOf(error) > 1;
      if (!isRepetition || !(await this.#isDone(move))) throw failure;
    }
  }

  async listVersions(): Promise<readonly SecretVersionSummary[]> {
    const entries: SecretVersionsListEntry[] = [];
    let token: string | undefined;
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const { Versions = [], NextToken } = await this.#listPage(token);
      entries.push(...Versions);
      token = NextToken;
      if (token === undefined) break;
    }
    return newestFirst(entries);
  }

  async #find(selector: SecretSelector): Promise<FoundVersion | undefined> {
    try {
      const value = await this.#calls.getSecretValue({
        SecretId: this.#options.secretArn,
        VersionId: 'versionId' in selector ? selector.versionId : undefined,
        VersionStage: selector.label,
      });
      return this.#version(value, selector);
    } catch (error) {
      if (isNoValue(error)) return undefined;
      throw this.#vaultError('GetSecretValue', error);
    }
  }

  #version(value: GetSecretValueResponse, selector: SecretSelector): FoundVersion {
    const version = 'versionId' in selector ? selector.versionId : selector.label;
    const { SecretString: text, VersionId: versionId } = value;
    if (text === undefined || versionId === undefined) {
      throw new SecretFormatError(`version ${version} holds no secret string`, {
        subject: this.name,
        remedy: 'store the secret as SecretString, not as binary',
      });
    }
    const { redactor } = this.#options;
    return {
      versionId,
      labels: value.VersionStages ?? [],
      createdMs: createdMs(value),
      document: parseSecretDocument(text, { vault: this.name, version, redactor }),
    };
  }

  async #listPage(token: string | undefined): Promise<ListSecretVersionIdsResponse> {
    try {
      return await this.#calls.listSecretVersionIds({
        SecretId: this.#options.secretArn,
        IncludeDeprecated: true,
        MaxResults: PAGE_VERSIONS,
        NextToken: token,
      });
    } catch (error) {
      throw this.#vaultError('ListSecretVersionIds', error);
    }
  }

  async #isDone({ label, to, from }: LabelMove): Promise<boolean> {
    try {
      const { labels } = await this.describe();
      const holder = [...labels].find(([, held]) => held.includes(label))?.[0];
      return to === undefined ? holder !== from : holder === to;
    } catch {
      // The failure of the move itself says more.
      return false;
    }
  }

  #markedForDeletion(): VaultRefusedError {
    return new VaultRefusedError('the secret is marked for deletion', {
      subject: this.name,
      remedy: 'restore the secret with RestoreSecret',
    });
  }

  #vaultError(operation: string, error: unknown): LockstepError {
    const { redactor } = this.#options;
    return toVaultError(error, { subject: this.name, operation, redactor });
  }
}

/** Newest first; of two versions made in the same millisecond, the one listed later. */
function newestFirst(entries: readonly SecretVersionsListEntry[]): readonly SecretVersionSummary[] {
  return entries
    .toReversed()
    .toSorted((one, other) => createdMs(other) - createdMs(one))
    .flatMap((entry) => {
      const { VersionId: versionId, VersionStages: labels = [] } = entry;
      return versionId === undefined ? [] : [{ versionId, labels, createdMs: createdMs(entry) }];
    });
}

function createdMs({ CreatedDate: created }: { readonly CreatedDate?: Date | undefined }): number {
  return created?.getTime() ?? 0;
}
