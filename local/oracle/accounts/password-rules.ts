import { OracleError } from '../oracle-error.ts';

const LENGTH_MIN = 12;
const LENGTH_MAX = 30;

/**
 * Autonomous Database's rules for passwords: 12 to 30 characters, a capital and a small letter, a digit, not the user
 * name, no double quote.
 *
 * The rules are Oracle's documentation; the wording of the second line is not in it.
 *
 * @throws OracleError 28003, with a second line that begins with ORA-20000
 */
export function verifyPassword(password: string, username: string): void {
  const { length } = Array.from(password);
  if (length < LENGTH_MIN) throw failed('password length less than 12 characters');
  if (length > LENGTH_MAX) throw failed('password length more than 30 characters');
  if (!/\p{Lu}/u.test(password)) throw failed('password must contain an uppercase letter');
  if (!/\p{Ll}/u.test(password)) throw failed('password must contain a lowercase letter');
  if (!/\d/.test(password)) throw failed('password must contain a digit');
  if (password.includes('"')) throw failed('password must not contain a double quote');
  if (password.toUpperCase().includes(username.toUpperCase())) {
    throw failed('password must not contain the user name');
  }
}

function failed(rule: string): OracleError {
  return new OracleError(
    28003,
    `password verification for the specified password failed\nORA-20000: ${rule}`,
  );
}
