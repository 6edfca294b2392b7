/** How a mirror's secret is set up. */
export interface MirrorState {
  /** The vault's own word: `ACTIVE`, `UPDATING`, `PENDING_DELETION`. */
  readonly lifecycle: string;
  /** A copy of a secret in another region, which cannot be written. */
  readonly isReplica: boolean;
  /** Whether the vault, or what it calls, rotates the secret itself. */
  readonly isRotatedByVault: boolean;
  /** Whether the vault refuses a value that another version has. */
  readonly refusesReuse: boolean;
  /** Whether versions expire. `blocks-reading`: applications cannot read one that has. */
  readonly expiry: 'none' | 'says-so' | 'blocks-reading';
}

/** The set-up of a mirror's secret, for who may look at it. */
export interface MirrorSurvey {
  readonly name: string;

  /** @throws VaultUnreachableError, VaultRefusedError, DeadlineError */
  state(): Promise<MirrorState>;
}
