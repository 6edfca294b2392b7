import { checkContent, checkRules, checkSecretName } from './content-rules.ts';
import {
  bundleBody,
  bundleVersionBody,
  secretBody,
  secretSummary,
  versionBody,
  type BundleVersionBody,
  type SecretBody,
  type SecretBundleBody,
  type SecretSummaryBody,
  type SecretVersionBody,
} from './secret-bodies.ts';
import type {
  CreateSecretDetails,
  ScheduleDeletionDetails,
  SecretContent,
  UpdateSecretDetails,
} from './secret-details.ts';
import { etagOf, type SecretRecord, type SecretSeed } from './secret-record.ts';
import { SecretStore, type VaultModelOptions } from './secret-store.ts';
import { notFound, OciServiceError } from './service-error.ts';
import { selectVersion, type VersionSelector } from './version-selector.ts';

export type { SecretSeed, VaultModelOptions, VersionSelector };

const DAY_MS = 24 * 60 * 60 * 1000;
/** Bounds of `timeOfDeletion`, and its default (OCI documentation, Deleting a Secret, Deleting a Secret Version). */
export const DELETION_DAYS = { min: 1, max: 30, default: 30 } as const;

/** An answer and the ETag that goes with it. A change whose answer is empty has the body `undefined`. */
export interface Tagged<T> {
  readonly body: T;
  readonly etag: string;
}

/** One version of one secret. */
export interface VersionTarget {
  readonly secretId: string;
  readonly versionNumber: number;
}

/**
 * OCI Vault's secrets, management and retrieval, as a state machine: no network, no timers, no clock of its own.
 *
 * Methods are named after the operations, take and answer the bodies of the API, and throw OciServiceError where the
 * service refuses; then nothing has changed. What nobody has documented or measured is decided for the stricter answer
 * and says so in a comment.
 *
 * While a secret is CREATING or UPDATING, every management call on it but GetSecret is refused with 409
 * IncorrectState, ListSecretVersions included (measured by a public OCI rotator); reads of bundles work.
 */
export class VaultModel {
  readonly #now: () => number;
  readonly #store: SecretStore;

  constructor(options: VaultModelOptions) {
    this.#now = options.now;
    this.#store = new SecretStore(options);
  }

  /**
   * Makes a secret whose first version is CURRENT. A name stays taken even after the secret's deletion (seen in
   * terraform-provider-oci issue 1765). A repeated retry token answers the secret made before.
   */
  createSecret(details: CreateSecretDetails, seed: SecretSeed = {}): Tagged<SecretBody> {
    const repeated = this.#store.findByRetryToken(seed.retryToken);
    if (repeated !== undefined) return this.#tagged(repeated);
    checkSecretName(details.secretName);
    checkRules(details.secretRules ?? []);
    if (this.#store.find(details) !== undefined) {
      throw new OciServiceError('InvalidParameter', 'name already exists');
    }
    const record = this.#store.prepare(details, seed);
    this.#addVersion(record, details.secretContent);
    this.#store.add(record);
    return this.#tagged(record);
  }

  getSecret(secretId: string): Tagged<SecretBody> {
    return this.#tagged(this.#store.existing(secretId));
  }

  /** Newest first, as the service sorts by default. Secrets deleted for good are not listed. */
  listSecrets(filter: {
    readonly compartmentId: string;
    readonly vaultId?: string | undefined;
    readonly name?: string | undefined;
    readonly lifecycleState?: string | undefined;
  }): SecretSummaryBody[] {
    return this.#store.records
      .map((record) => secretSummary(record, this.#now()))
      .filter(
        (body) =>
          body.lifecycleState !== 'DELETED' &&
          body.compartmentId === filter.compartmentId &&
          body.vaultId === (filter.vaultId ?? body.vaultId) &&
          body.secretName === (filter.name ?? body.secretName) &&
          body.lifecycleState === (filter.lifecycleState?.toUpperCase() ?? body.lifecycleState),
      )
      .toReversed();
  }

  /**
   * Adds a version (`secretContent`), promotes one (`currentVersionNumber`), or changes rules and the rest.
   *
   * "You cannot update the current secret version number, secret contents, and secret rules at the same time" (OCI API
   * reference, UpdateSecret). The answer does not say which number a new version got.
   */
  updateSecret(
    secretId: string,
    details: UpdateSecretDetails,
    ifMatch?: string,
  ): Tagged<SecretBody> {
    const { secretContent, currentVersionNumber, secretRules } = details;
    const parts = [secretContent, currentVersionNumber, secretRules];
    if (parts.filter((part) => part !== undefined).length > 1) {
      throw new OciServiceError(
        'InvalidParameter',
        'secretContent, currentVersionNumber and secretRules cannot be updated at the same time',
      );
    }
    const record = this.#store.changeable(secretId, ifMatch);
    if (secretContent !== undefined) this.#addVersion(record, secretContent);
    if (currentVersionNumber !== undefined)
      record.versions.promote(currentVersionNumber, this.#now());
    if (secretRules !== undefined) checkRules(secretRules);
    record.secretRules = secretRules ?? record.secretRules;
    record.description = details.description ?? record.description;
    record.freeformTags = details.freeformTags ?? record.freeformTags;
    record.metadata = details.metadata ?? record.metadata;
    record.rotationConfig = details.rotationConfig ?? record.rotationConfig;
    this.#store.changed(record);
    return this.#tagged(record);
  }

  /** Newest first, as the service sorts by default. */
  listSecretVersions(secretId: string): SecretVersionBody[] {
    const record = this.#store.inState('ACTIVE', secretId);
    return record.versions.asOf(this.#now()).map((one) => versionBody(record.id, one));
  }

  getSecretVersion(target: VersionTarget): Tagged<SecretVersionBody> {
    const { secretId, versionNumber } = target;
    const record = this.#store.inState('ACTIVE', secretId);
    const version = selectVersion(record.versions.asOf(this.#now()), { versionNumber });
    return { body: versionBody(secretId, version), etag: etagOf(record) };
  }

  /** Like any change this makes the secret UPDATING (not documented; the stricter answer). */
  scheduleSecretVersionDeletion(
    target: VersionTarget,
    details: ScheduleDeletionDetails = {},
    ifMatch?: string,
  ): Tagged<undefined> {
    const record = this.#store.changeable(target.secretId, ifMatch);
    const deletionMs = deletionTime(details, this.#now());
    record.versions.scheduleDeletion(target.versionNumber, { deletionMs, nowMs: this.#now() });
    this.#store.changed(record);
    return { body: undefined, etag: etagOf(record) };
  }

  cancelSecretVersionDeletion(target: VersionTarget, ifMatch?: string): Tagged<undefined> {
    const record = this.#store.changeable(target.secretId, ifMatch);
    record.versions.cancelDeletion(target.versionNumber, this.#now());
    this.#store.changed(record);
    return { body: undefined, etag: etagOf(record) };
  }

  /** No call of OCI's: every version that waits for its deletion is deleted now, as if its time had come. */
  endWaiting(secretId: string): void {
    this.#store.existing(secretId).versions.endWaiting(this.#now());
  }

  /** The secret is PENDING_DELETION, and unreadable, at once. */
  scheduleSecretDeletion(
    secretId: string,
    details: ScheduleDeletionDetails = {},
    ifMatch?: string,
  ): Tagged<undefined> {
    const record = this.#store.inState('ACTIVE', secretId, ifMatch);
    record.deletionMs = deletionTime(details, this.#now());
    record.revision += 1;
    return { body: undefined, etag: etagOf(record) };
  }

  cancelSecretDeletion(secretId: string, ifMatch?: string): Tagged<undefined> {
    const record = this.#store.inState('PENDING_DELETION', secretId, ifMatch);
    record.deletionMs = undefined;
    record.revision += 1;
    return { body: undefined, etag: etagOf(record) };
  }

  /** Reads content. A version scheduled for deletion can be read until then (OCI's documents contradict each other). */
  getSecretBundle(secretId: string, selector: VersionSelector = {}): Tagged<SecretBundleBody> {
    const record = this.#store.readable(secretId);
    const version = selectVersion(this.#store.visibleVersions(record), selector);
    // No reference says that a bundle's ETag is the secret's; so here it is not, and fails as an if-match.
    return { body: bundleBody(record, version), etag: `${etagOf(record)}-bundle` };
  }

  getSecretBundleByName(
    name: { readonly secretName: string; readonly vaultId: string },
    selector: VersionSelector = {},
  ): Tagged<SecretBundleBody> {
    const record = this.#store.find(name);
    if (record === undefined) throw notFound();
    return this.getSecretBundle(record.id, selector);
  }

  /** Newest first, as the service sorts by default. */
  listSecretBundleVersions(secretId: string): BundleVersionBody[] {
    const record = this.#store.readable(secretId);
    return this.#store.visibleVersions(record).map((one) => bundleVersionBody(record.id, one));
  }

  #addVersion(record: SecretRecord, content: SecretContent): void {
    const nowMs = this.#now();
    checkContent(content, { versions: record.versions, rules: record.secretRules, nowMs });
    record.versions.add({ ...content, stage: content.stage ?? 'CURRENT' }, nowMs);
  }

  #tagged(record: SecretRecord): Tagged<SecretBody> {
    return { body: secretBody(record, this.#now()), etag: etagOf(record) };
  }
}

function deletionTime(details: ScheduleDeletionDetails, nowMs: number): number {
  if (details.timeOfDeletion === undefined) return nowMs + DELETION_DAYS.default * DAY_MS;
  const deletionMs = Date.parse(details.timeOfDeletion);
  const days = (deletionMs - nowMs) / DAY_MS;
  if (days >= DELETION_DAYS.min && days <= DELETION_DAYS.max) return deletionMs;
  throw new OciServiceError('InvalidParameter', 'timeOfDeletion must be 1 to 30 days ahead');
}
