/**
 * The certificates by which a database and the function know each other, as far as they are ours to renew: those of a CA
 * file, those of a wallet.
 */
export interface Trust {
  /** The database. */
  readonly subject: string;

  /**
   * When the first of them ends, in milliseconds since 1970; in the past where the one that is shown to the database has
   * ended. Does not reach the database.
   *
   * @throws WalletError, WalletRefusedError, WalletUnreachableError, ConfigurationError, DeadlineError, and those of a
   *   vault, when they cannot be read
   */
  endMs(): Promise<number>;
}
