import { MariadbSession } from '../../lambda/adapters/mariadb-session.ts';
import { MariadbSuperuserSession } from '../../lambda/adapters/mariadb-superuser-session.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Database, DatabaseSession, OwnSession } from '../../lambda/ports/database.ts';
import { OpenSessions, superuserError, type LineToDatabase } from './database-line.ts';
import type { MariadbAccounts } from './database-mariadb-accounts.ts';
import { runMariadb } from './database-mariadb-sql.ts';
import {
  openConnection,
  type MemoryMysqlConnection,
  type MysqlDoor,
} from './database-mysql-connection.ts';

export interface MemoryMariadbOptions extends LineToDatabase {
  /** The server. It may be shared by several databases, one for each invocation. */
  readonly accounts: MariadbAccounts;
  /** @default 'rds' */
  readonly name?: string;
  /** As of the adapter's configuration. @default 'auto' */
  readonly overlap?: 'auto' | 'require' | 'off';
  /** What the superuser secret holds; without one there is no overlap. @default there is none */
  readonly superuser?: (() => Promise<Credential>) | undefined;
}

/**
 * MariaDB in memory, as far as a rotation sees it: the adapter's own sessions over a model of the accounts. Calls are named
 * `mariadb:connect`, `mariadb:logon` and `mariadb:query:` with `SELECT`, `SHOW CREATE`, `SET PASSWORD` or `ALTER USER` in
 * the fault plan, those of the superuser too; the code of a refusal is the error's number. After a cut line a session is
 * dead.
 */
export class MemoryMariadb implements Database {
  readonly engine = 'mariadb';
  readonly canTakeBack = true;
  readonly name: string;
  readonly #options: MemoryMariadbOptions;
  readonly #sessions = new OpenSessions();
  readonly #door: MysqlDoor;

  constructor(options: MemoryMariadbOptions) {
    this.name = options.name ?? 'rds';
    this.#options = options;
    const { accounts } = options;
    this.#door = {
      engine: this.engine,
      subject: this.name,
      line: options,
      accounts,
      run: (username, sql) => runMariadb(accounts, username, sql),
      sessions: this.#sessions,
    };
  }

  /** Sessions that were opened and not closed. A session of the user may have one of the superuser beside it. */
  get openSessions(): number {
    return this.#sessions.count;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const { overlap = 'auto', superuser } = this.#options;
    const redactor = new Redactor();
    const connection = await openConnection(this.#door, credential, redactor);
    if (connection === 'refused') return 'refused';
    return new MariadbSession({
      ...credential,
      connection,
      testQuery: undefined,
      overlap,
      openSuperuser:
        superuser === undefined
          ? undefined
          : async () => await this.#connectSuperuser(await superuser(), redactor),
      redactor,
      subject: this.name,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const credential = await this.#options.superuser?.();
    if (credential === undefined) return undefined;
    const redactor = new Redactor();
    const subject = this.name;
    const { connection, name: superuser } = await this.#connectSuperuser(credential, redactor);
    return new MariadbSuperuserSession({ connection, username, superuser, redactor, subject });
  }

  async #connectSuperuser(
    credential: Credential,
    redactor: Redactor,
  ): Promise<{ readonly connection: MemoryMysqlConnection; readonly name: string }> {
    const connection = await openConnection(this.#door, credential, redactor);
    const { username } = credential;
    if (connection === 'refused') throw superuserError({ subject: this.name, username });
    return { connection, name: username };
  }
}
