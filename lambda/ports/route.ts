/** The way from where the function runs to a service that it calls. */
export interface Route {
  /** Host and port: `secretsmanager.eu-central-1.amazonaws.com:443`. */
  readonly subject: string;

  /**
   * Connects, has the certificate verified where the service is called by https, and hangs up. Nothing is asked of the
   * service.
   *
   * @throws VaultUnreachableError, DeadlineError
   */
  probe(): Promise<void>;
}
