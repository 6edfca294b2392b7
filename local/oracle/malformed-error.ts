/** The client sent something that this server cannot decode. The message says what was expected, never what came. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}
