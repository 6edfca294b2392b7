import type { CreateSecretDetails, RotationConfig, SecretRule } from './secret-details.ts';
import { SecretVersions } from './secret-versions.ts';

export type LifecycleState = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'PENDING_DELETION' | 'DELETED';
export type RotationStatus = 'IN_PROGRESS' | 'SCHEDULED' | 'NOT_ENABLED' | 'CANCELLING';

/** What a test may ask for in a secret that CreateSecret itself does not offer. */
export interface SecretSeed {
  readonly id?: string;
  readonly isReplica?: boolean;
  /** OCI's own rotation, in a state that its configuration alone does not bring about. */
  readonly rotationStatus?: RotationStatus;
  readonly retryToken?: string;
}

/** A secret as the model keeps it. */
export interface SecretRecord {
  readonly id: string;
  readonly compartmentId: string;
  readonly vaultId: string;
  readonly keyId: string;
  readonly secretName: string;
  readonly createdMs: number;
  readonly isReplica: boolean;
  readonly rotationStatus: RotationStatus | undefined;
  readonly retryToken: string | undefined;
  readonly versions: SecretVersions;
  /** Raised by every change; the etag is made of it. */
  revision: number;
  /** Until when the service is at work on the last change, and what it says meanwhile. */
  busy: { readonly state: 'CREATING' | 'UPDATING'; readonly untilMs: number };
  deletionMs: number | undefined;
  description: string | undefined;
  freeformTags: Readonly<Record<string, string>>;
  metadata: Readonly<Record<string, unknown>>;
  secretRules: readonly SecretRule[];
  rotationConfig: RotationConfig | undefined;
}

/** A record without versions yet. */
export function newRecord(
  details: CreateSecretDetails,
  options: {
    readonly seed: SecretSeed;
    readonly number: number;
    readonly nowMs: number;
    readonly creatingMs: number;
  },
): SecretRecord {
  const { seed, nowMs } = options;
  return {
    id: seed.id ?? ocid(options.number),
    compartmentId: details.compartmentId,
    vaultId: details.vaultId,
    keyId: details.keyId,
    secretName: details.secretName,
    createdMs: nowMs,
    isReplica: seed.isReplica ?? false,
    rotationStatus: seed.rotationStatus,
    retryToken: seed.retryToken,
    versions: new SecretVersions(),
    revision: 1,
    busy: { state: 'CREATING', untilMs: nowMs + options.creatingMs },
    deletionMs: undefined,
    description: details.description,
    freeformTags: details.freeformTags ?? {},
    metadata: details.metadata ?? {},
    secretRules: details.secretRules ?? [],
    rotationConfig: details.rotationConfig,
  };
}

export function etagOf(record: SecretRecord): string {
  return `${record.id.slice(-8)}-${record.revision}`;
}

export function lifecycleStateOf(record: SecretRecord, nowMs: number): LifecycleState {
  if (record.deletionMs !== undefined) {
    return record.deletionMs <= nowMs ? 'DELETED' : 'PENDING_DELETION';
  }
  return nowMs < record.busy.untilMs ? record.busy.state : 'ACTIVE';
}

function ocid(number: number): string {
  return `ocid1.vaultsecret.oc1.eu-frankfurt-1.amaaaaaa${String(number).padStart(52, '0')}`;
}
