import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { saslprep } from '@mongodb-js/saslprep';

export const SALT_BYTES = 16;
/** What RFC 7677 asks for at least, and PostgreSQL's default. */
export const ITERATIONS_MIN = 4_096;
/** node-postgres refuses to log in where the server asks for more. */
export const ITERATIONS_MAX = 100_000;
const KEY_BYTES = 32;
const VERIFIER =
  /^SCRAM-SHA-256\$\d{4,6}:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/;

export interface ScramInput {
  readonly password: string;
  /** SALT_BYTES random bytes. */
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/**
 * What PostgreSQL stores for a password, in its own form: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`
 * (RFC 5802, RFC 7677). Given to `ALTER ROLE … PASSWORD`, it keeps the password itself out of statements and logs; it
 * opens no session, but who has it can guess at the password and play the server, so it counts as a secret.
 *
 * @throws RangeError when salt or iterations are out of bounds
 */
export function scramVerifier({ password, salt, iterations }: ScramInput): string {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes`);
  if (!Number.isInteger(iterations) || iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
    throw new RangeError(`iterations are from ${ITERATIONS_MIN} to ${ITERATIONS_MAX}`);
  }
  const salted = pbkdf2Sync(prepared(password), salt, iterations, KEY_BYTES, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  const saltText = Buffer.from(salt).toString('base64');
  const verifier = `SCRAM-SHA-256$${iterations}:${saltText}$${storedKey}:${serverKey}`;
  // PostgreSQL takes a verifier with any flaw for a password in clear, and the login then wants that very text.
  if (!VERIFIER.test(verifier)) throw new RangeError('the verifier is malformed');
  return verifier;
}

/** SASLprep, and the password as it is where SASLprep forbids it: so does PostgreSQL. */
function prepared(password: string): string {
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
