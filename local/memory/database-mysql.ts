import { MysqlSession } from '../../lambda/adapters/mysql-session.ts';
import { MysqlSuperuserSession } from '../../lambda/adapters/mysql-superuser-session.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Database, DatabaseSession, OwnSession } from '../../lambda/ports/database.ts';
import { OpenSessions, superuserError, type LineToDatabase } from './database-line.ts';
import type { MysqlAccounts } from './database-mysql-accounts.ts';
import { openConnection, type MysqlDoor } from './database-mysql-connection.ts';
import { runMysql } from './database-mysql-sql.ts';

export interface MemoryMysqlOptions extends LineToDatabase {
  /** The server. It may be shared by several databases, one for each invocation. */
  readonly accounts: MysqlAccounts;
  /** @default 'rds' */
  readonly name?: string;
  /** As of the adapter's configuration. @default 'auto' */
  readonly overlap?: 'auto' | 'require' | 'off';
  /** What the superuser secret holds. @default there is none */
  readonly superuser?: (() => Promise<Credential>) | undefined;
}

/**
 * MySQL in memory, as far as a rotation sees it: the adapter's own sessions over a model of the accounts. Calls are named
 * `mysql:connect`, `mysql:logon` and `mysql:query:` with `SELECT` or `ALTER USER` in the fault plan; the code of a refusal
 * is the error's number. After a cut line a session is dead.
 */
export class MemoryMysql implements Database {
  readonly engine = 'mysql';
  readonly canTakeBack = true;
  readonly name: string;
  readonly #options: MemoryMysqlOptions;
  readonly #sessions = new OpenSessions();
  readonly #door: MysqlDoor;

  constructor(options: MemoryMysqlOptions) {
    this.name = options.name ?? 'rds';
    this.#options = options;
    const { accounts } = options;
    this.#door = {
      engine: this.engine,
      subject: this.name,
      line: options,
      accounts,
      run: (username, sql) => runMysql(accounts, username, sql),
      sessions: this.#sessions,
    };
  }

  /** Sessions that were opened and not closed. */
  get openSessions(): number {
    return this.#sessions.count;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const redactor = new Redactor();
    const connection = await openConnection(this.#door, credential, redactor);
    if (connection === 'refused') return 'refused';
    return new MysqlSession({
      ...credential,
      connection,
      testQuery: undefined,
      overlap: this.#options.overlap ?? 'auto',
      redactor,
      subject: this.name,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const credential = await this.#options.superuser?.();
    if (credential === undefined) return undefined;
    const redactor = new Redactor();
    const subject = this.name;
    const connection = await openConnection(this.#door, credential, redactor);
    const { username: superuser } = credential;
    if (connection === 'refused') throw superuserError({ subject, username: superuser });
    return new MysqlSuperuserSession({ connection, username, superuser, redactor, subject });
  }
}
