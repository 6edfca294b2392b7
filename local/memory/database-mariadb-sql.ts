import type { Row } from '../../lambda/adapters/mysql-connection.ts';
import type { MariadbAccounts } from './database-mariadb-accounts.ts';
import { mysqlError } from './database-mysql-errors.ts';
import { answerOfBoth, TEXT, unquoted } from './database-mysql-sql.ts';

const METHOD = "mysql_native_password USING '\\*[0-9A-F]{40}'";
const ALTER_USER = new RegExp(
  `^ALTER USER ${TEXT}@${TEXT}(?: IDENTIFIED VIA (${METHOD}(?: OR ${METHOD})?))?$`,
);
const SHOW_CREATE_USER = new RegExp(`^SHOW CREATE USER ${TEXT}@'%'$`);
const SET_PASSWORD = /^SET PASSWORD = '(\*[0-9A-F]{40})'$/;
const HASH = /\*[0-9A-F]{40}/g;
/** Whether the server takes a hash for a password. */
const TAKES_HASHES = 'SELECT @@GLOBAL.strict_password_validation';

/** Runs one of the statements that the adapter's sessions send. @throws what MariadbAccounts throws, 1064 for any other */
export function runMariadb(accounts: MariadbAccounts, own: string, sql: string): readonly Row[] {
  const answer = answerOfBoth(accounts, own, sql);
  if (answer !== undefined) return answer;
  if (sql.startsWith(TAKES_HASHES)) return [[1]];
  if (sql === 'SELECT @@GLOBAL.max_password_errors') return [[4_294_967_295]];
  const [, shown] = SHOW_CREATE_USER.exec(sql) ?? [];
  if (shown !== undefined) return [[describe(accounts, { by: own, user: unquoted(shown) })]];
  const [, hash] = SET_PASSWORD.exec(sql) ?? [];
  if (hash !== undefined) {
    accounts.setOwnHash(own, hash);
    return [];
  }
  const [, user, host, methods] = ALTER_USER.exec(sql) ?? [];
  if (user === undefined) throw mysqlError(1064);
  if (!accounts.isSuperuser(own)) throw mysqlError(1227);
  if (host !== '%') throw mysqlError(1396);
  accounts.alterUser({ by: own, user: unquoted(user), hashes: methods?.match(HASH) ?? [] });
  return [];
}

/** As MariaDB 11.8.9 has it: one method by its password, several by their plugins. */
function describe(accounts: MariadbAccounts, access: { by: string; user: string }): string {
  const name = `CREATE USER \`${access.user.replaceAll('`', '``')}\`@\`%\` IDENTIFIED`;
  const hashes = accounts.hashes(access);
  if (hashes.length === 1) return `${name} BY PASSWORD '${hashes.join()}'`;
  const methods = hashes.map((hash) => `mysql_native_password USING '${hash}'`);
  return `${name} VIA ${methods.join(' OR ')}`;
}
