import { ConfigurationError } from '../domain/errors.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { statementError, type ErrorContext } from './mysql-errors.ts';

/** A user name and the hosts it may come from; the same name with other hosts is another account. */
export interface MysqlAccount {
  readonly user: string;
  readonly host: string;
}

/** Reads what `CURRENT_USER()` gives: `app@%`. A user name may hold an @, a host does not. */
export function parseAccount(text: string): MysqlAccount {
  const at = text.lastIndexOf('@');
  return { user: text.slice(0, at), host: text.slice(at + 1) };
}

/** The account as SQL writes it in a session. */
export function formatAccount({ user, host }: MysqlAccount, connection: MysqlConnection): string {
  return `${connection.literal(user)}@${connection.literal(host)}`;
}

/**
 * The hosts of all accounts of a user, as somebody who may read `mysql.user`.
 *
 * @throws the driver's own errors, which must not leave the adapter
 */
export async function readHosts(
  connection: MysqlConnection,
  { user, engine }: { readonly user: string; readonly engine: 'mysql' | 'mariadb' },
): Promise<readonly string[]> {
  const isUser = engine === 'mariadb' ? " AND is_role = 'N'" : '';
  const name = connection.literal(user);
  const rows = await connection.query(
    `SELECT Host FROM mysql.user WHERE User = ${name}${isUser} ORDER BY Host`,
  );
  return rows.map(([host]) => String(host));
}

/**
 * Finds the one account of a user, as somebody who may read `mysql.user`.
 *
 * @throws ConfigurationError when there is none, or several: each has a password of its own, and which of them the
 *   application uses is not to be seen
 */
export async function findAccount(
  connection: MysqlConnection,
  { user, engine }: { readonly user: string; readonly engine: 'mysql' | 'mariadb' },
  context: ErrorContext,
): Promise<MysqlAccount> {
  const hosts = await readHosts(connection, { user, engine }).catch((error: unknown) => {
    throw statementError(error, context);
  });
  const [host] = hosts;
  const { subject } = context;
  if (host === undefined) {
    throw new ConfigurationError(`there is no user ${user}`, {
      subject,
      remedy: 'create it, or correct the user name',
    });
  }
  if (hosts.length === 1) return { user, host };
  throw new ConfigurationError(
    `there are ${hosts.length} accounts of the user ${user}, for the hosts ${hosts.join(', ')}`,
    { subject, remedy: 'keep one of them and drop the others: each has a password of its own' },
  );
}
