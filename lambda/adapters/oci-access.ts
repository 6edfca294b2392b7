/** What a call to OCI is signed with. */
export interface OciSigningKey {
  /** Under which OCI knows it: `<tenancy>/<user>/<fingerprint>`, or `ST$<token>` for a session. It may hold a token. */
  readonly keyId: string;
  /** PEM, PKCS#8, RSA, in clear. */
  readonly privateKeyPem: string;
}

/** One way to be let in by OCI. Its secrets are in the redactor of the invocation before anybody gets them. */
export interface OciAccess {
  /** What a person should look at when OCI does not accept a signature. */
  readonly remedy: string;

  /**
   * What the next call is to be signed with: never a key whose time is over.
   *
   * @throws LockstepError
   */
  signingKey(): Promise<OciSigningKey>;

  /**
   * Another key in place of one that OCI has just refused with 401; undefined where there is none.
   *
   * @throws LockstepError
   */
  replace(refused: OciSigningKey): Promise<OciSigningKey | undefined>;
}
