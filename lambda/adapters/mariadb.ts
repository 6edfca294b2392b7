import type { MariadbConfig } from '../../config/database-config.ts';
import type { Credential } from '../domain/credential.ts';
import type { Database, DatabaseSession, OwnSession } from '../ports/database.ts';
import { MariadbSession } from './mariadb-session.ts';
import { MariadbSuperuserSession } from './mariadb-superuser-session.ts';
import { logIn, logInAsSuperuser, type MysqlFamilyOptions } from './mysql-login.ts';

export type MariadbOptions = MysqlFamilyOptions<MariadbConfig>;

/**
 * MariaDB 10.4 or later, on Amazon RDS or elsewhere: its writer itself, not a proxy, which would compare passwords with a
 * copy of its own. Accounts log in by `mysql_native_password`. A user needs no privilege to change its own password; that
 * its old one stays valid takes a superuser, or CREATE USER.
 */
export class MariadbDatabase implements Database {
  readonly engine = 'mariadb';
  readonly canTakeBack = true;
  readonly #options: MariadbOptions;

  constructor(options: MariadbOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.config.name;
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    const { config, redactor, superuser } = this.#options;
    const connection = await logIn(this.#options, credential);
    if (connection === 'refused') return 'refused';
    return new MariadbSession({
      ...credential,
      connection,
      testQuery: config.testQuery,
      overlap: config.overlap ?? 'auto',
      openSuperuser:
        superuser === undefined
          ? undefined
          : async () => await logInAsSuperuser(this.#options, superuser),
      redactor,
      subject: this.name,
    });
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    const { redactor, superuser } = this.#options;
    if (superuser === undefined) return undefined;
    const { connection, name } = await logInAsSuperuser(this.#options, superuser);
    const subject = this.name;
    return new MariadbSuperuserSession({
      connection,
      username,
      redactor,
      subject,
      superuser: name,
    });
  }
}
