import type { AccountRules } from '../ports/database.ts';
import { formatAccount, parseAccount, readHosts, type MysqlAccount } from './mysql-account.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { NO_PRIVILEGE, numberOf } from './mysql-error-numbers.ts';
import { statementError, type ErrorContext } from './mysql-errors.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** MariaDB has it at this where it counts none. */
const NO_LIMIT = 4_294_967_295;

interface Reading extends ErrorContext {
  readonly engine: 'mysql' | 'mariadb';
}

/**
 * Reads what a user may see of its own account: the hosts that it is for, and what SHOW CREATE USER says of its own password
 * (MySQL and MariaDB let everybody look at the own account). Other accounts of the name are seen by who may read `mysql.user`.
 *
 * @throws what `statementError` makes of the driver's errors
 */
export async function readAccountRules(
  connection: MysqlConnection,
  reading: Reading,
): Promise<AccountRules> {
  const [name] = await connection.read('SELECT CURRENT_USER()', reading);
  const account = parseAccount(String(name));
  const otherHosts = await readOtherHosts(connection, account, reading);
  const described = `SHOW CREATE USER ${formatAccount(account, connection)}`;
  // It has the hash of the password, so that of the text no more than two numbers are kept.
  const [text] = await connection.read(described, reading);
  const lifeDays = await readLifeDays(connection, String(text), reading);
  const refusedLoginsMax = await readRefusedLoginsMax(connection, String(text), reading);
  return {
    host: account.host,
    ...(otherHosts && { otherHosts }),
    ...(lifeDays > 0 && { passwordLifeMs: lifeDays * DAY_MS }),
    ...(refusedLoginsMax > 0 && { refusedLoginsMax }),
  };
}

/** @returns undefined where the user may not see them */
async function readOtherHosts(
  connection: MysqlConnection,
  { user, host }: MysqlAccount,
  reading: Reading,
): Promise<readonly string[] | undefined> {
  try {
    const hosts = await readHosts(connection, { user, engine: reading.engine });
    return hosts.filter((other) => other !== host);
  } catch (error) {
    if (NO_PRIVILEGE.includes(numberOf(error) ?? 0)) return undefined;
    throw statementError(error, reading);
  }
}

/** Without a word of its own an account follows the server's default. 0: a password lasts. */
async function readLifeDays(
  connection: MysqlConnection,
  text: string,
  context: ErrorContext,
): Promise<number> {
  const [, days] = /PASSWORD EXPIRE INTERVAL (\d+) DAY/.exec(text) ?? [];
  if (days !== undefined) return Number(days);
  if (text.includes('PASSWORD EXPIRE NEVER')) return 0;
  const [byDefault] = await connection.read('SELECT @@GLOBAL.default_password_lifetime', context);
  return Number(byDefault);
}

/** MySQL counts where an account is to lock itself, MariaDB for the whole server. 0: nobody counts. */
async function readRefusedLoginsMax(
  connection: MysqlConnection,
  text: string,
  reading: Reading,
): Promise<number> {
  if (reading.engine === 'mysql') {
    return Number(/FAILED_LOGIN_ATTEMPTS (\d+)/.exec(text)?.[1] ?? 0);
  }
  const [limit] = await connection.read('SELECT @@GLOBAL.max_password_errors', reading);
  return Number(limit) >= NO_LIMIT ? 0 : Number(limit);
}
