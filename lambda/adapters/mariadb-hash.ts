import { createHash } from 'node:crypto';

/**
 * What MariaDB stores for a password by `mysql_native_password`: a star, and SHA-1 of SHA-1 in hexadecimal. In its
 * place it keeps the password itself out of statements, all of which MariaDB logs as they are. It opens no session, but
 * who has it can guess at the password, so it counts as a secret.
 */
export function nativeHash(password: string): string {
  const once = createHash('sha1').update(password, 'utf8').digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
