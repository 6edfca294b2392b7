import type { RotationRulesType } from '@aws-sdk/client-secrets-manager';

export const AWSCURRENT = 'AWSCURRENT';
export const AWSPENDING = 'AWSPENDING';
export const AWSPREVIOUS = 'AWSPREVIOUS';

/** Above this many versions, those without a label go, oldest first; a labelled version never does. */
export const VERSIONS_MAX = 100;
/** A version younger than this stays, label or not ("Quotas", Secrets Manager User Guide). */
export const VERSION_AGE_MIN_MS = 24 * 60 * 60 * 1000;

export type SecretValue = { readonly text: string } | { readonly bytes: Uint8Array };

export interface SecretVersion {
  readonly versionId: string;
  readonly createdAt: number;
  /** Absent from RotateSecret to createSecret: the version exists, with AWSPENDING, but holds nothing yet. */
  readonly value?: SecretValue;
}

export interface RotationSettings {
  readonly enabled: boolean;
  readonly lambdaArn: string;
  readonly rules?: RotationRulesType;
  readonly configuredAt: number;
}

/**
 * A secret at one moment. It is never changed, only replaced, so an older state can be read again.
 * `labels` maps a staging label to its version: a label on two versions cannot be expressed.
 */
export interface SecretState {
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  /** The customer's key, as it was given; shown and not used. */
  readonly kmsKeyId?: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** When a new AWSCURRENT was last stored; counts as a rotation for the next date (RotationRulesType, SDK). */
  readonly valueChangedAt?: number;
  readonly rotatedAt?: number;
  /** When a deleted secret goes for good. */
  readonly deletionAt?: number | undefined;
  readonly versions: ReadonlyMap<string, SecretVersion>;
  readonly labels: ReadonlyMap<string, string>;
  readonly rotation?: RotationSettings;
}

export function labelsOf(state: SecretState, versionId: string): string[] {
  return [...state.labels]
    .flatMap(([label, holder]) => (holder === versionId ? [label] : []))
    .sort();
}

/** Adds the version or replaces the one of that id. */
export function withVersion(state: SecretState, version: SecretVersion): SecretState {
  return { ...state, versions: new Map(state.versions).set(version.versionId, version) };
}

/**
 * Attaches the label, taking it off any other version. AWSPREVIOUS follows AWSCURRENT: it goes to the
 * version that AWSCURRENT leaves, and the version that had it loses it (recorded against AWS on
 * 2022-09-28, LocalStack's snapshots `test_update_secret_version_stages_*`).
 */
export function withLabel(state: SecretState, label: string, versionId: string): SecretState {
  const labels = new Map(state.labels);
  const before = labels.get(label);
  if (label === AWSCURRENT && before !== undefined && before !== versionId) {
    labels.set(AWSPREVIOUS, before);
  }
  return { ...state, labels: labels.set(label, versionId) };
}

/** A version that loses its last label stays, deprecated: its value can be read by its id only. */
export function withoutLabel(state: SecretState, label: string): SecretState {
  const labels = new Map(state.labels);
  labels.delete(label);
  return { ...state, labels };
}

export function withoutVersion(state: SecretState, versionId: string): SecretState {
  const versions = new Map(state.versions);
  versions.delete(versionId);
  const labels = new Map([...state.labels].filter(([, holder]) => holder !== versionId));
  return { ...state, versions, labels };
}

/** Drops deprecated versions, oldest first, while there are more than `VERSIONS_MAX`. */
export function pruned(state: SecretState, now: number): SecretState {
  const labelled = new Set(state.labels.values());
  const droppable = [...state.versions.values()].filter(
    ({ versionId, createdAt }) => !labelled.has(versionId) && now - createdAt >= VERSION_AGE_MIN_MS,
  );
  const excess = state.versions.size - VERSIONS_MAX;
  if (excess <= 0 || droppable.length === 0) return state;
  const versions = new Map(state.versions);
  for (const { versionId } of droppable.slice(0, excess)) versions.delete(versionId);
  return { ...state, versions };
}
