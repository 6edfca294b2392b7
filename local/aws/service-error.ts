/**
 * An error as an AWS service words it: `name` is the service's own error name, as in the SDK.
 *
 * In memory it is thrown as it is; over HTTP each server gives it the shape of its protocol.
 */
export class AwsServiceError extends Error {
  override readonly name: string;
  /** HTTP status. */
  readonly status: number;
  /** Further fields of the error document, such as S3's `Key`. */
  readonly details: Readonly<Record<string, string>>;

  constructor(
    name: string,
    message: string,
    extra: { readonly status?: number; readonly details?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = name;
    this.status = extra.status ?? 400;
    this.details = extra.details ?? {};
  }
}
