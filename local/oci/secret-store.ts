import type { CreateSecretDetails } from './secret-details.ts';
import {
  etagOf,
  lifecycleStateOf,
  newRecord,
  type LifecycleState,
  type SecretRecord,
  type SecretSeed,
} from './secret-record.ts';
import type { SecretVersion } from './secret-versions.ts';
import { notFound, OciServiceError } from './service-error.ts';

/** "Retry tokens expire after 24 hours" (OCI API reference, CreateSecret). */
const RETRY_TOKEN_MS = 24 * 60 * 60 * 1000;

export interface VaultModelOptions {
  /** The service's clock, in epoch milliseconds. It must not run backwards. */
  readonly now: () => number;
  /** How long a secret stays UPDATING after a change. @default 0 */
  readonly updatingMs?: number;
  /** How long a new secret stays CREATING. @default 0 */
  readonly creatingMs?: number;
  /**
   * How far secret retrieval lags behind secret management: bundle reads show the versions as they were so long ago,
   * stage moves and deletions included. OCI documents no consistency between the two services. @default 0
   */
  readonly readLagMs?: number;
}

/** The secrets of the model, and who may touch one in which lifecycle state. */
export class SecretStore {
  readonly #options: VaultModelOptions;
  readonly #records: SecretRecord[] = [];

  constructor(options: VaultModelOptions) {
    this.#options = options;
  }

  get records(): readonly SecretRecord[] {
    return this.#records;
  }

  /** A record for a new secret, not in the store before `add`. */
  prepare(details: CreateSecretDetails, seed: SecretSeed): SecretRecord {
    const number = this.#records.length + 1;
    const creatingMs = this.#options.creatingMs ?? 0;
    return newRecord(details, { seed, number, nowMs: this.#options.now(), creatingMs });
  }

  add(record: SecretRecord): void {
    this.#records.push(record);
  }

  /** By name, in any lifecycle state: a name stays taken after its secret's deletion. */
  find(name: { readonly secretName: string; readonly vaultId: string }): SecretRecord | undefined {
    return this.#records.find(
      (one) => one.secretName === name.secretName && one.vaultId === name.vaultId,
    );
  }

  findByRetryToken(token: string | undefined): SecretRecord | undefined {
    if (token === undefined) return undefined;
    const fromMs = this.#options.now() - RETRY_TOKEN_MS;
    return this.#records.find((one) => one.retryToken === token && one.createdMs > fromMs);
  }

  existing(secretId: string): SecretRecord {
    const record = this.#records.find((one) => one.id === secretId);
    if (record === undefined || this.#stateOf(record) === 'DELETED') throw notFound();
    return record;
  }

  /** For bundles. 404 while PENDING_DELETION was seen on GetSecretBundleByName (external-secrets issue 6771). */
  readable(secretId: string): SecretRecord {
    const record = this.existing(secretId);
    if (record.deletionMs !== undefined) throw notFound();
    return record;
  }

  /** @throws OciServiceError IncorrectState, which names the state; then NoEtagMatch. */
  inState(state: LifecycleState, secretId: string, ifMatch?: string): SecretRecord {
    const record = this.existing(secretId);
    const actual = this.#stateOf(record);
    if (actual !== state) {
      throw new OciServiceError('IncorrectState', `the secret is ${actual}, not ${state}`);
    }
    if (ifMatch !== undefined && ifMatch !== etagOf(record)) {
      throw new OciServiceError('NoEtagMatch', 'the etag is not that of the secret');
    }
    return record;
  }

  /** ACTIVE and no replica. That replicas are read-only is documented, the error is not. */
  changeable(secretId: string, ifMatch?: string): SecretRecord {
    const record = this.inState('ACTIVE', secretId, ifMatch);
    if (!record.isReplica) return record;
    throw new OciServiceError('InvalidParameter', 'a replica is updated in its source region');
  }

  /** To be called after every change: a new etag, and UPDATING for a while. */
  changed(record: SecretRecord): void {
    record.revision += 1;
    const untilMs = this.#options.now() + (this.#options.updatingMs ?? 0);
    record.busy = { state: 'UPDATING', untilMs };
  }

  /** The versions as secret retrieval sees them. */
  visibleVersions(record: SecretRecord): SecretVersion[] {
    return record.versions.asOf(this.#options.now() - (this.#options.readLagMs ?? 0));
  }

  #stateOf(record: SecretRecord): LifecycleState {
    return lifecycleStateOf(record, this.#options.now());
  }
}
