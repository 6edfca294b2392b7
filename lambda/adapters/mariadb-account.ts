import { DatabaseError, NotPermittedError } from '../domain/errors.ts';
import { NATIVE, parseMethods } from './mariadb-methods.ts';
import { formatAccount, type MysqlAccount } from './mysql-account.ts';
import { requireWriter } from './mysql-check.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { hashesRefused, type ErrorContext } from './mysql-errors.ts';

/** Validation plugins that are loaded see passwords in clear only, so that a strict server takes no hash. */
const TAKES_HASHES =
  'SELECT @@GLOBAL.strict_password_validation = 0 OR NOT EXISTS (SELECT 1 FROM information_schema.PLUGINS ' +
  "WHERE PLUGIN_TYPE = 'PASSWORD VALIDATION' AND PLUGIN_STATUS = 'ACTIVE')";

/**
 * Reads the hashes of an account's passwords, the newest first, by a session that may: the account's own, or one that may
 * read the schema `mysql`. The redactor takes them up.
 *
 * @throws NotPermittedError when the account has a login method that is no plain password, which a change would take from
 *   it or leave as it is
 */
export async function readHashes(
  connection: MysqlConnection,
  account: MysqlAccount,
  context: ErrorContext,
): Promise<readonly string[]> {
  const { subject, redactor } = context;
  const name = formatAccount(account, connection);
  const [createUser] = await connection.read(`SHOW CREATE USER ${name}`, context);
  const methods = parseMethods(String(createUser));
  if (methods === undefined) {
    throw new DatabaseError(`the server describes ${name} in a way that is not known here`, {
      subject,
      remedy: 'report this with the version of the server and with what SHOW CREATE USER gives',
    });
  }
  const hashes = methods.map(({ stored }) => stored);
  redactor.add(...hashes);
  const others = methods.map(({ plugin }) => plugin).filter((plugin) => plugin !== NATIVE);
  if (others.length === 0) return hashes;
  throw new NotPermittedError(`${name} may log in by ${others.join(' and ')} too`, {
    subject,
    remedy: `leave ${name} the method ${NATIVE} alone: Lockstep neither keeps nor drops another`,
  });
}

/**
 * Sees that the server would take the hash of a password, from whoever may set it.
 *
 * @throws DatabaseError when the server is read-only, NotPermittedError when it takes passwords in clear only
 */
export async function requireTakesHashes(
  connection: MysqlConnection,
  context: ErrorContext,
): Promise<void> {
  await requireWriter(connection, context);
  const [takesHashes] = await connection.read(TAKES_HASHES, context);
  if (takesHashes !== 1) throw hashesRefused(context);
}
