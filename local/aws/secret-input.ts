import type { SecretValue } from './secret-state.ts';
import { AwsServiceError } from './service-error.ts';

export const VALUE_BYTES_MAX = 65_536;
export const LABELS_MAX = 20;
export const TOKEN_LENGTH_MIN = 32;
export const TOKEN_LENGTH_MAX = 64;
const LABEL_LENGTH_MAX = 256;

/** A ValidationException in the words of AWS's own request validation. */
export function invalid(field: string, constraint: string): AwsServiceError {
  return new AwsServiceError(
    'ValidationException',
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`,
  );
}

/**
 * The SDK fills the token in; a raw request without it is refused (recorded on 2023-05-12, LocalStack's
 * `test_no_client_request_token`). `missing` is the error's name: RotateSecret has another than the rest.
 */
export function checkedToken(
  token: string | undefined,
  missing: 'InvalidRequestException' | 'InvalidParameterException' = 'InvalidRequestException',
): string {
  if (token === undefined || token === '') {
    throw new AwsServiceError(
      missing,
      'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    );
  }
  if (token.length < TOKEN_LENGTH_MIN || token.length > TOKEN_LENGTH_MAX) {
    throw new AwsServiceError(
      'InvalidParameterException',
      `ClientRequestToken must be ${TOKEN_LENGTH_MIN}-${TOKEN_LENGTH_MAX} characters long.`,
    );
  }
  return token;
}

/** The value of a request, or `undefined` if it has none. */
export function valueOf(request: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}): SecretValue | undefined {
  const { SecretString: text, SecretBinary: bytes } = request;
  if (text !== undefined && bytes !== undefined) {
    throw new AwsServiceError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  const constraint = `Member must have length less than or equal to ${VALUE_BYTES_MAX}`;
  if (text !== undefined) {
    if (text === '')
      throw invalid('secretString', 'Member must have length greater than or equal to 1');
    if (Buffer.byteLength(text) > VALUE_BYTES_MAX) throw invalid('secretString', constraint);
    return { text };
  }
  if (bytes === undefined) return undefined;
  if (bytes.byteLength > VALUE_BYTES_MAX) throw invalid('secretBinary', constraint);
  return { bytes: Uint8Array.from(bytes) };
}

export function isSameValue(one: SecretValue, other: SecretValue): boolean {
  if ('text' in one) return 'text' in other && one.text === other.text;
  return 'bytes' in other && Buffer.compare(one.bytes, other.bytes) === 0;
}

export function checkedName(name: string | undefined): string {
  if (name === undefined || !/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name)) {
    throw new AwsServiceError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
  return name;
}

/** The labels of a PutSecretValue; without any, the new version becomes AWSCURRENT. */
export function checkedLabels(labels: readonly string[] | undefined): readonly string[] {
  if (labels === undefined) return ['AWSCURRENT'];
  if (labels.length < 1 || labels.length > LABELS_MAX) {
    throw invalid('versionStages', `Member must have length between 1 and ${LABELS_MAX}`);
  }
  labels.forEach(checkedLabel);
  return labels;
}

export function checkedLabel(label: string | undefined): string {
  if (label === undefined || label.length < 1 || label.length > LABEL_LENGTH_MAX) {
    throw invalid('versionStage', `Member must have length between 1 and ${LABEL_LENGTH_MAX}`);
  }
  return label;
}
