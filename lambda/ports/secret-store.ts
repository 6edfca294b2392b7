import type { SecretDocument } from '../domain/secret-document.ts';

/** A version of the secret that has a value. */
export interface SecretVersion {
  readonly versionId: string;
  readonly document: SecretDocument;
}

/** A version as listed, without its value. */
export interface SecretVersionSummary {
  readonly versionId: string;
  readonly labels: readonly string[];
  /** When the version was made, in milliseconds since 1970. */
  readonly createdMs: number;
}

export interface SecretDescription {
  readonly rotationEnabled: boolean;
  /** When the secret was made, in milliseconds since 1970. */
  readonly createdMs: number | undefined;
  /** When the last rotation ended, in milliseconds since 1970. */
  readonly rotatedMs: number | undefined;
  /** On or before when the next rotation is due, in milliseconds since 1970; it lies in the past after a failure. */
  readonly nextRotationMs: number | undefined;
  /** Staging labels of every version that has any. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

export type SecretSelector =
  { readonly label: string } | { readonly versionId: string; readonly label?: string };

export interface LabelMove {
  readonly label: string;
  readonly to?: string;
  /** The version that must hold the label now: a compare-and-swap. */
  readonly from?: string;
}

/**
 * The vault that leads: AWS Secrets Manager, one secret. Its AWSCURRENT is what applications read.
 *
 * Every verb throws VaultUnreachableError when the service gives no usable answer (a write may then have taken
 * effect or not), VaultRefusedError when it refuses, DeadlineError when no time is left.
 */
export interface SecretStore {
  readonly name: string;
  /** The longest secret string the vault takes, in bytes of UTF-8. */
  readonly documentBytesMax: number;

  describe(): Promise<SecretDescription>;

  /**
   * The version that the selector names, or undefined where none does or it has no value yet.
   *
   * @throws SecretFormatError when the value is not a secret document
   */
  read(selector: SecretSelector): Promise<SecretVersion | undefined>;

  /** Stores the value under AWSPENDING. `already-exists`: the version has another value, which stays. */
  stage(version: SecretVersion): Promise<'staged' | 'already-exists'>;

  /** @throws VaultRefusedError when `from` does not hold the label */
  moveLabel(move: LabelMove): Promise<void>;

  /** All versions, newest first, those without a label included. */
  listVersions(): Promise<readonly SecretVersionSummary[]>;
}
