import { SessionUserError } from '../domain/errors.ts';
import { parseAccount } from './mysql-account.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { readOnlyError, testQueryError, type ErrorContext } from './mysql-errors.ts';

/** MariaDB has more ways to be read-only than yes and no. */
const WRITABLE = ['0', 'OFF'];

export interface SessionCheck extends ErrorContext {
  readonly connection: MysqlConnection;
  readonly username: string;
  readonly testQuery: string | undefined;
}

/**
 * Checks that a session is the user's own, and runs the configured test query. A server with an anonymous account takes
 * anybody for that where its hosts are the narrower ones: ''@'localhost' goes before 'app'@'%'.
 *
 * @throws SessionUserError when the session acts as another account, TestQueryError when the test query fails
 */
export async function checkSession(check: SessionCheck): Promise<void> {
  const { connection, username, testQuery, subject } = check;
  const [sessionUser, account] = await connection.read('SELECT USER(), CURRENT_USER()', check);
  if (parseAccount(String(account)).user !== username) {
    throw new SessionUserError(
      `the session is of ${String(sessionUser)} and acts as ${String(account)}`,
      {
        subject,
        remedy: `drop the account ${String(account)}, or give ${username} one for the function's own address`,
      },
    );
  }
  if (testQuery === undefined) return;
  // As it is: it may be meant to show that the user can write. The server bounds how long it reads.
  await connection.query(testQuery).catch((error: unknown) => {
    throw testQueryError(error, check);
  });
}

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
