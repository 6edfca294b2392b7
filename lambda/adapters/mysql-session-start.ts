import type { MariadbConfig, MysqlConfig } from '../../config/database-config.ts';
import { ConfigurationError, DatabaseError } from '../domain/errors.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import type { ErrorContext } from './mysql-errors.ts';

const STATEMENT_MAX_MS = 10_000;
/** The server is to give up first: its answer says that nothing happened, our giving up says nothing. */
const SERVER_SHARE = 0.8;
/** Another session that changes the same account holds its tables for milliseconds; whoever holds them longer is in the way. */
const LOCK_MAX_S = 3;
/** The server counts whole seconds. */
const LOCK_MIN_S = 1;
/** As long as a function can run: a session that is kept for the change must last, one that is forgotten must not. */
const IDLE_MAX_S = 900;

type Engine = 'mysql' | 'mariadb';

/** The first with two passwords for an account. */
const VERSION_MIN: Readonly<Record<Engine, readonly [number, number, number]>> = {
  mysql: [8, 0, 14],
  mariadb: [10, 4, 0],
};

export interface SessionStart {
  readonly config: MysqlConfig | MariadbConfig;
  readonly budget: TimeBudget;
  readonly context: ErrorContext;
}

/**
 * Sees what a new session is talking to, and bounds what it does on the server. A statement is also the first to say that
 * a password has expired, where the server lets it in nevertheless.
 *
 * @throws ConfigurationError when the server is of the other engine, DatabaseError when it is too old, DeadlineError, and
 *   the driver's own errors, which must not leave the adapter
 */
export async function beginSession(
  connection: MysqlConnection,
  { config, budget, context }: SessionStart,
): Promise<void> {
  const [row = []] = await connection.query('SELECT VERSION(), @@SESSION.sql_mode');
  requireServer(String(row[0]), config.engine, context);
  connection.sqlMode = String(row[1]);
  const serverMaxMs = Math.ceil(budget.timeoutMs(STATEMENT_MAX_MS) * SERVER_SHARE);
  await connection.query(sessionSettings(config.engine, serverMaxMs));
}

function sessionSettings(engine: Engine, serverMaxMs: number): string {
  const lockMaxS = Math.min(LOCK_MAX_S, Math.max(LOCK_MIN_S, Math.floor(serverMaxMs / 1_000)));
  const settings = [
    `lock_wait_timeout = ${lockMaxS}`,
    `innodb_lock_wait_timeout = ${lockMaxS}`,
    `wait_timeout = ${IDLE_MAX_S}`,
    // Servers of users that only read often have it on, and it would forbid ALTER USER too.
    ...(engine === 'mysql'
      ? ['transaction_read_only = OFF', `max_execution_time = ${serverMaxMs}`]
      : ['tx_read_only = OFF', `max_statement_time = ${serverMaxMs / 1_000}`]),
  ];
  // A server may be told not to listen to what the driver says of its character set.
  return `SET NAMES utf8mb4, ${settings.map((setting) => `SESSION ${setting}`).join(', ')}`;
}

/** @param version what `SELECT VERSION()` gives; MariaDB puts its name into it, builds of MySQL put theirs behind it */
export function requireServer(version: string, engine: Engine, { subject }: ErrorContext): void {
  const actual = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  if (actual !== engine) {
    throw new ConfigurationError(`the server is ${version}, not ${engine}`, {
      subject,
      remedy: `set "engine" of this database in rotations.json to "${actual}"`,
    });
  }
  if (isAtLeast(version, VERSION_MIN[engine])) return;
  throw new DatabaseError(`the server is ${version}`, {
    subject,
    remedy: `upgrade it to ${VERSION_MIN[engine].join('.')} or later`,
  });
}

function isAtLeast(version: string, minimum: readonly number[]): boolean {
  const parts = version.split(/[.-]/).slice(0, minimum.length).map(Number);
  for (const [index, least] of minimum.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
