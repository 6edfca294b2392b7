import * as z from 'zod';
import { SecretFormatError } from '../domain/errors.ts';
import { Password } from '../domain/password.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { SecretDocument } from '../domain/secret-document.ts';

/**
 * The JSON that AWS gives a database secret (Secrets Manager User Guide, JSON structure of secrets). Written by hand
 * the port is often a string; AWS's own rotation templates take both.
 */
const Fields = z.looseObject({
  username: z.string().min(1),
  password: z.string().min(1),
  engine: z.string().optional(),
  host: z.string().optional(),
  port: z.union([z.int(), z.string().regex(/^\d+$/)]).optional(),
  dbname: z.string().optional(),
});

export interface SecretOrigin {
  /** Name of the vault the text comes from. */
  readonly vault: string;
  /** Which of the vault's versions it is, by label, stage, id or number. */
  readonly version: string;
  /** Takes up the password and the whole text, even of a text that does not fit. */
  readonly redactor: Redactor;
}

/**
 * Parses a secret string. The document keeps the text exactly as stored and every key that is not known here.
 *
 * @throws SecretFormatError when the text is no JSON object, or `username` or `password` is missing or empty, or
 *   `engine`, `host`, `port` or `dbname` is there with another type. The message names vault, version and fields,
 *   never a value and never what the parser said (it quotes the text)
 */
export function parseSecretDocument(text: string, origin: SecretOrigin): SecretDocument {
  origin.redactor.add(text);
  const fields = parseObject(text, origin);
  const { password } = fields;
  if (typeof password === 'string') origin.redactor.add(password);
  const result = Fields.safeParse(fields);
  if (!result.success) throw formatError(describeFaults(result.error, fields), origin);
  const { username } = result.data;
  return {
    text,
    fields,
    credential: { username, password: new Password(result.data.password) },
  };
}

function parseObject(text: string, origin: SecretOrigin): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw formatError('the secret string is not JSON', origin);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw formatError('the secret string is not a JSON object', origin);
}

function describeFaults(error: z.ZodError, fields: Readonly<Record<string, unknown>>): string {
  const names = [...new Set(error.issues.map((issue) => String(issue.path[0])))];
  const faults = names.map((name) =>
    Object.hasOwn(fields, name) ? `${name} is empty or of the wrong type` : `${name} is missing`,
  );
  return faults.join(', ');
}

function formatError(finding: string, { vault, version }: SecretOrigin): SecretFormatError {
  return new SecretFormatError(`version ${version} does not fit: ${finding}`, {
    subject: vault,
    remedy:
      'store a JSON object with a username and a password, both non-empty strings, as AWS does for databases',
  });
}
