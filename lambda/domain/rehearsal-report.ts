/** What a rotation would do to one database, or why it could not. */
export type DatabaseRehearsal = { readonly name: string; readonly engine: string } & (
  | {
      readonly isReady: true;
      /** Where the credential is stored that opens it, or who else opens it. */
      readonly openedBy: string;
      /** How long the old password would stay valid beside the new one; null: until the rotation after that. */
      readonly keptForMs: number | null;
      /** Whether the old password would be set again if another database failed. */
      readonly isTakenBack: boolean;
    }
  | { readonly isReady: false; readonly error: string; readonly message: string }
);

/** Whether a vault could follow. */
export type MirrorRehearsal = { readonly name: string } & (
  | {
      readonly isReady: true;
      /** Whether it publishes what AWSCURRENT holds. A rotation brings it level. */
      readonly isLevel: boolean;
    }
  | { readonly isReady: false; readonly error: string; readonly message: string }
);

/** What the operation `rehearse` answers; JSON, without a secret. */
export interface RehearsalReport {
  /** The user whose password a rotation would change. */
  readonly username: string;
  readonly databases: readonly DatabaseRehearsal[];
  readonly mirrors: readonly MirrorRehearsal[];
}
