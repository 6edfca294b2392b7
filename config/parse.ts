import type * as z from 'zod';

/** The document does not fit its schema. The message names each place and what was expected there, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Parses `text` as JSON and checks it against `schema`.
 *
 * @param subject what the text is, for the message: "rotations.json", "LOCKSTEP_CONFIG"
 * @throws ConfigError when the text is not JSON or does not fit
 */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  input: { readonly subject: string; readonly text: string },
): z.infer<Schema> {
  const result = schema.safeParse(parseJson(input));
  if (result.success) return result.data;
  const places = result.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? path.join('.') : 'the document'}: ${message}`,
  );
  throw new ConfigError(`${input.subject} does not fit its schema: ${places.join('; ')}`);
}

function parseJson({ subject, text }: { subject: string; text: string }): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new ConfigError(`${subject} is not valid JSON`);
  }
}
