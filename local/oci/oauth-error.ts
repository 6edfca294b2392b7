/** A refusal by an OAuth token endpoint (RFC 6749, section 5.2). */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  /** Such as `invalid_client`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}
