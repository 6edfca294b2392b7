import type { MysqlConfig } from '../../config/database-config.ts';
import type { Credential } from '../domain/credential.ts';
import type { Database, DatabaseSession, OwnSession } from '../ports/database.ts';
import { logIn, logInAsSuperuser, type MysqlFamilyOptions } from './mysql-login.ts';
import { MysqlSession } from './mysql-session.ts';
import { MysqlSuperuserSession } from './mysql-superuser-session.ts';

export type MysqlOptions = MysqlFamilyOptions<MysqlConfig>;

/**
 * MySQL 8.0.14 or later, on Amazon RDS or elsewhere: its writer itself, not a proxy, which would compare passwords with
 * a copy of its own. A user needs no privilege to change its own password, and APPLICATION_PASSWORD_ADMIN to keep its
 * old one valid.
 */
export class MysqlDatabase implements Database {
  readonly engine = 'mysql';
  readonly canTakeBack = true;
  readonly #options: MysqlOptions;

  constructor(options: MysqlOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.config.name;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const { config, redactor } = this.#options;
    const connection = await logIn(this.#options, credential);
    if (connection === 'refused') return 'refused';
    return new MysqlSession({
      ...credential,
      connection,
      testQuery: config.testQuery,
      overlap: config.overlap ?? 'auto',
      redactor,
      subject: this.name,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const { redactor, superuser } = this.#options;
    if (superuser === undefined) return undefined;
    const { connection, name } = await logInAsSuperuser(this.#options, superuser);
    const subject = this.name;
    return new MysqlSuperuserSession({ connection, username, redactor, subject, superuser: name });
  }
}
