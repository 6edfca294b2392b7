/**
 * A text as SQL writes it in single quotes.
 *
 * Where passwords stand MySQL takes nothing else: no parameter, no hexadecimal literal, no variable. What a backslash means
 * in it depends on the session's `sql_mode`, so the driver's own quoting, which takes it for an escape always, is
 * wrong under NO_BACKSLASH_ESCAPES.
 *
 * The session's character set must be utf8mb4: in others, such as gbk, a quote can be the second byte of a character.
 */
export function literal(text: string, sqlMode: string): string {
  const quoted = text.replaceAll("'", "''");
  const isPlain = sqlMode.split(',').includes('NO_BACKSLASH_ESCAPES');
  return `'${isPlain ? quoted : quoted.replaceAll('\\', '\\\\')}'`;
}
