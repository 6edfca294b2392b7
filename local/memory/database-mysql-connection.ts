import { MysqlConnection, type Row } from '../../lambda/adapters/mysql-connection.ts';
import { isLoginRefused, loginError } from '../../lambda/adapters/mysql-errors.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import type { Redactor } from '../../lambda/domain/redactor.ts';
import { MemoryLine, type LineToDatabase, type OpenSessions } from './database-line.ts';
import { MYSQL_FAULT_ERRORS, staysOpen } from './database-mysql-errors.ts';

export interface MemoryMysqlConnectionOptions {
  readonly engine: 'mysql' | 'mariadb';
  readonly line: MemoryLine;
  /** What the server makes of a statement of this session. @throws what mysql2 would */
  readonly run: (sql: string) => readonly Row[];
  readonly close: () => Promise<void>;
}

/** Commands that say only with their second word what they do. */
const TWO_WORD_COMMANDS = new Set(['ALTER', 'SET', 'SHOW']);

/**
 * The adapter's connection over a server in memory, without driver and network. What the adapter's own sessions do with it
 * is what they do with a server.
 */
export class MemoryMysqlConnection extends MysqlConnection {
  readonly #options: MemoryMysqlConnectionOptions;

  constructor(options: MemoryMysqlConnectionOptions) {
    // Everything that would reach for the driver is replaced below.
    super({} as ConstructorParameters<typeof MysqlConnection>[0]);
    this.#options = options;
  }

  override get isSafe(): boolean {
    return true;
  }

  override async query(sql: string): Promise<readonly Row[]> {
    const { engine, line, run } = this.#options;
    return await line.call(`${engine}:query:${commandOf(sql)}`, () => run(sql));
  }

  override destroy(): void {
    this.#options.line.end();
  }

  override async close(): Promise<void> {
    await this.#options.close();
  }
}

/** A server that clients log in to, and where its sessions are counted. */
export interface MysqlDoor {
  readonly engine: 'mysql' | 'mariadb';
  /** The database's name in the configuration. */
  readonly subject: string;
  readonly line: LineToDatabase;
  readonly accounts: { login(user: string, password: string): void };
  /** What the server makes of a statement of this user. @throws what mysql2 would */
  readonly run: (username: string, sql: string) => readonly Row[];
  readonly sessions: OpenSessions;
}

/** @throws DatabaseError and its kin, as the adapters do, where the login fails for another reason than the password */
export async function openConnection(
  { engine, subject, line: lineTo, accounts, run, sessions }: MysqlDoor,
  { username, password }: Credential,
  redactor: Redactor,
): Promise<MemoryMysqlConnection | 'refused'> {
  redactor.add(password.reveal());
  const line = new MemoryLine({ ...lineTo, errors: MYSQL_FAULT_ERRORS, staysOpen });
  try {
    await line.call(`${engine}:connect`, () => undefined);
    await line.call(`${engine}:logon`, () => {
      accounts.login(username, password.reveal());
    });
  } catch (error) {
    if (isLoginRefused(error)) return 'refused';
    throw loginError(error, { subject, redactor });
  }
  return new MemoryMysqlConnection({
    engine,
    line,
    run: (sql) => run(username, sql),
    close: sessions.add(line),
  });
}

function commandOf(sql: string): string {
  const [first = '', second = ''] = sql.split(' ', 2);
  return TWO_WORD_COMMANDS.has(first) ? `${first} ${second}` : first;
}
