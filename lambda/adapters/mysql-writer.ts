import type { MysqlConnection } from './mysql-connection.ts';
import { readOnlyError, type ErrorContext } from './mysql-errors.ts';

/** MariaDB has more ways to be read-only than yes and no. */
const WRITABLE = ['0', 'OFF'];

/**
 * Sees that the server is no replica. It makes exceptions for some users, but a password that is changed on a replica is
 * another one on its source.
 *
 * @throws DatabaseError when the server is read-only
 */
export async function requireWriter(
  connection: MysqlConnection,
  context: ErrorContext,
): Promise<void> {
  const [readOnly] = await connection.read('SELECT @@GLOBAL.read_only', context);
  if (!WRITABLE.includes(String(readOnly))) throw readOnlyError(context);
}
