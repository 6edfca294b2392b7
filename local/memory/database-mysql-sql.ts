import type { Row } from '../../lambda/adapters/mysql-connection.ts';
import { mysqlError } from './database-mysql-errors.ts';
import type { MysqlAccounts } from './database-mysql-accounts.ts';

/** A text in single quotes, where a backslash is an escape, as it is by default. */
export const TEXT = String.raw`'((?:[^'\\]|''|\\.)*)'`;
const ALTER_USER = new RegExp(
  `^ALTER USER (?:USER\\(\\)|${TEXT}@'%') (?:(DISCARD OLD PASSWORD)|` +
    `IDENTIFIED BY ${TEXT}(?: REPLACE ${TEXT})?( RETAIN CURRENT PASSWORD)?)$`,
);
const HOST_OF_USER = new RegExp(
  `^SELECT Host FROM mysql\\.user WHERE User = ${TEXT}(?: AND is_role = 'N')? ORDER BY Host$`,
);

const SHOW_CREATE_USER = new RegExp(`^SHOW CREATE USER ${TEXT}@'%'$`);

/** The text that a quoted one stands for. */
export function unquoted(quoted: string): string {
  return quoted.replaceAll(/''|\\(.)/g, (_all, escaped: string | undefined) => escaped ?? "'");
}

/** A model of accounts, as far as every session may ask it. */
interface Accounts {
  has(user: string): boolean;
  isSuperuser(user: string): boolean;
}

/**
 * What both engines answer alike. Every account is for the host %.
 *
 * @param own the user that is logged in
 * @throws 1142
 */
export function answerOfBoth(
  accounts: Accounts,
  own: string,
  sql: string,
): readonly Row[] | undefined {
  if (sql === 'SELECT USER(), CURRENT_USER()') return [[`${own}@127.0.0.1`, `${own}@%`]];
  if (sql === 'SELECT CURRENT_USER()') return [[`${own}@%`]];
  if (sql === 'SELECT @@GLOBAL.read_only') return [[0]];
  if (sql === 'SELECT @@GLOBAL.default_password_lifetime') return [[0]];
  const [, user] = HOST_OF_USER.exec(sql) ?? [];
  if (user === undefined) return undefined;
  if (!accounts.isSuperuser(own)) throw mysqlError(1142);
  return accounts.has(unquoted(user)) ? [['%']] : [];
}

/** Runs one of the statements that the adapter's sessions send. @throws what MysqlAccounts throws, 1064 for any other */
export function runMysql(accounts: MysqlAccounts, own: string, sql: string): readonly Row[] {
  const answer = answerOfBoth(accounts, own, sql);
  if (answer !== undefined) return answer;
  const [, shown] = SHOW_CREATE_USER.exec(sql) ?? [];
  if (shown !== undefined) return [[describe(accounts, { own, user: unquoted(shown) })]];
  const match = ALTER_USER.exec(sql);
  if (match === null) throw mysqlError(1064);
  const [, other, discards, password = '', replaced, retains] = match;
  const target = { by: own, user: other === undefined ? own : unquoted(other) };
  if (discards !== undefined) {
    accounts.discardOldPassword(target);
  } else {
    accounts.alterUser({
      ...target,
      password: unquoted(password),
      ...(replaced !== undefined && { replaced: unquoted(replaced) }),
      retains: retains !== undefined,
    });
  }
  return [];
}

/** As MySQL has it for who may not see the hash. @throws 1142 for another account than the own one */
function describe(
  accounts: MysqlAccounts,
  { own, user }: { readonly own: string; readonly user: string },
): string {
  if (own !== user && !accounts.isSuperuser(own)) throw mysqlError(1142);
  const { lifeDays, failedLoginAttempts } = accounts.rules(user);
  const name = `\`${user.replaceAll('`', '``')}\`@\`%\``;
  const expire = lifeDays === undefined ? 'DEFAULT' : `INTERVAL ${lifeDays} DAY`;
  const attempts =
    failedLoginAttempts === undefined
      ? ''
      : ` FAILED_LOGIN_ATTEMPTS ${failedLoginAttempts} PASSWORD_LOCK_TIME UNBOUNDED`;
  return `CREATE USER ${name} IDENTIFIED WITH 'caching_sha2_password' AS '<secret>' REQUIRE NONE PASSWORD EXPIRE ${expire} ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD REQUIRE CURRENT DEFAULT${attempts}`;
}
