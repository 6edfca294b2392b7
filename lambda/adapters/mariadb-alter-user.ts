import { NotPermittedError } from '../domain/errors.ts';
import { identifiedVia } from './mariadb-methods.ts';
import { formatAccount, type MysqlAccount } from './mysql-account.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { NO_SUCH_ACCOUNT, numberOf } from './mysql-error-numbers.ts';
import { changeError, statementError, type ErrorContext } from './mysql-errors.ts';

/** To alter nothing of an account that no server has: `.invalid` is reserved (RFC 6761). */
const ALTER_NOBODY = "ALTER USER 'nobody'@'lockstep.invalid'";

/**
 * Sees that a session may alter accounts, by a privilege of its own or of a role that is active. It asks to alter one
 * that does not exist, which the server refuses for that reason only if it would alter others.
 *
 * @throws NotPermittedError when it may not, DatabaseError when the server is read-only
 */
export async function requireMayAlterUsers(
  connection: MysqlConnection,
  context: ErrorContext,
): Promise<void> {
  await connection.query(ALTER_NOBODY).catch((error: unknown) => {
    if (numberOf(error) !== NO_SUCH_ACCOUNT) throw statementError(error, context);
  });
}

/** The same as an answer. */
export async function mayAlterUsers(
  connection: MysqlConnection,
  context: ErrorContext,
): Promise<boolean> {
  try {
    await requireMayAlterUsers(connection, context);
    return true;
  } catch (error) {
    if (error instanceof NotPermittedError) return false;
    throw error;
  }
}

/** Gives an account these passwords and no other, each by its hash, the newest first. Repeating it changes nothing. */
export async function setHashes(
  connection: MysqlConnection,
  { account, hashes }: { readonly account: MysqlAccount; readonly hashes: readonly string[] },
  context: ErrorContext,
): Promise<void> {
  const sql = `ALTER USER ${formatAccount(account, connection)} ${identifiedVia(hashes)}`;
  await connection.query(sql).catch((error: unknown) => {
    throw changeError(error, context);
  });
}
