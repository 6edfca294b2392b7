import type { SecretDocument } from '../domain/secret-document.ts';

/** A mirror's own words for where a version stands: OCI's. */
export type MirrorStage = 'CURRENT' | 'PENDING' | 'PREVIOUS' | 'LATEST' | 'DEPRECATED';

/** A version as listed, without its value. */
export interface MirrorVersionSummary {
  /** Orders the versions of a mirror: a later one has a higher number. */
  readonly number: number;
  /** The versionId of Secrets Manager where Lockstep made the version; a person may have chosen another. */
  readonly name: string | undefined;
  readonly stages: readonly MirrorStage[];
  readonly isScheduledForDeletion: boolean;
}

export interface MirrorVersion extends Pick<MirrorVersionSummary, 'number' | 'name' | 'stages'> {
  readonly document: SecretDocument;
  /** Whether this is what `stage` makes of the document. */
  holds(document: SecretDocument): boolean;
}

export type MirrorSelector =
  | { readonly name: string }
  | { readonly stage: Exclude<MirrorStage, 'LATEST' | 'DEPRECATED'> }
  | { readonly number: number };

/**
 * A vault that follows AWSCURRENT: one secret in it.
 *
 * Every verb throws VaultUnreachableError when the vault gives no usable answer (a write may then have taken effect
 * or not), VaultBusyError when it stays busy with the secret, VaultRefusedError when it refuses, DeadlineError when
 * no time is left.
 */
export interface Mirror {
  readonly name: string;
  /** The longest secret string the vault takes, in bytes of UTF-8. */
  readonly documentBytesMax: number;

  /**
   * The version that the selector names, or undefined where there is none.
   *
   * @throws SecretFormatError when the value is not a secret document
   */
  read(selector: MirrorSelector): Promise<MirrorVersion | undefined>;

  /**
   * Makes a pending version of that name, which holds the document, and waits until it can be read. A name that is taken is no error and
   * changes nothing: read it and compare.
   *
   * @throws VaultFullError when the vault holds as many versions as it can
   * @throws MirrorManagedElsewhereError when another system rotates the secret
   */
  stage(version: { readonly name: string; readonly document: SecretDocument }): Promise<void>;

  /** Makes the version of that number CURRENT and waits until the vault says so. Doing it again changes nothing. */
  promote(number: number): Promise<void>;

  /** All versions, newest first. */
  list(): Promise<readonly MirrorVersionSummary[]>;

  /** Schedules a DEPRECATED version for deletion. */
  retire(number: number): Promise<void>;
}
