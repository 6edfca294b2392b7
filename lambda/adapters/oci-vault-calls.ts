import type { MirrorSelector } from '../ports/mirror.ts';
import type { OciSecretState } from './oci-secret-state.ts';

/** A secret and the etag that a change of it can be tied to. */
export interface TaggedSecret {
  readonly secret: OciSecretState & { readonly currentVersionNumber?: number };
  readonly etag: string;
}

export interface OciSecretBundle {
  readonly versionNumber: number;
  readonly versionName?: string;
  readonly stages?: readonly string[];
  readonly secretBundleContent?: { readonly content?: string };
}

export interface OciVersionSummary {
  readonly versionNumber: number;
  readonly name?: string;
  readonly stages?: readonly string[];
  /** Anything but undefined: the version is to be deleted. */
  readonly timeOfDeletion?: unknown;
}

export interface OciVersionPage {
  readonly versions: readonly OciVersionSummary[];
  readonly nextPage: string | undefined;
}

/**
 * The calls of OCI that a mirror makes, on one secret, each made once. The words are those of OCI's API.
 *
 * All of them throw OciCallError and DeadlineError.
 */
export interface OciVaultCalls {
  getSecret(): Promise<TaggedSecret>;

  /** Adds a version in stage PENDING. */
  addPendingVersion(version: { readonly name: string; readonly base64: string }): Promise<void>;

  /** @param etag the change is refused with 412 where the secret has changed since */
  makeCurrent(number: number, etag: string): Promise<void>;

  getSecretBundle(selector: MirrorSelector): Promise<OciSecretBundle>;

  listSecretVersions(page: string | undefined): Promise<OciVersionPage>;

  scheduleSecretVersionDeletion(number: number, timeOfDeletion: Date): Promise<void>;
}
