import { DatabaseError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import type { DatabaseSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import { findAccount, formatAccount } from './mysql-account.ts';
import { requireWriter } from './mysql-check.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import {
  CURRENT_PASSWORD_NOT_OURS,
  CURRENT_PASSWORD_WRONG,
  numberOf,
} from './mysql-error-numbers.ts';
import { changeError, statementError, type ErrorContext } from './mysql-errors.ts';
import { nobodysPassword } from './mysql-own-password.ts';

export interface MysqlSuperuserSessionOptions extends ErrorContext {
  readonly connection: MysqlConnection;
  /** The user whose password the superuser changes. */
  readonly username: string;
}

/** A session of MysqlDatabase that changes the password of another user. Its user has CREATE USER and reads `mysql.user`. */
export class MysqlSuperuserSession implements DatabaseSession {
  readonly #options: MysqlSuperuserSessionOptions;

  constructor(options: MysqlSuperuserSessionOptions) {
    this.#options = options;
  }

  async check(): Promise<void> {
    await this.#readAccount();
  }

  /**
   * Asks for the change with a `REPLACE`, which is for the user itself alone: the server sees to privileges and
   * password rules first, so that it refuses for that reason only if nothing else stands against the change.
   */
  async rehearse({ to }: Pick<PasswordChange, 'to'>): Promise<Rehearsal> {
    const { connection, redactor, subject } = this.#options;
    await requireWriter(connection, this.#options);
    const wrong = nobodysPassword(to);
    redactor.add(to.reveal(), wrong);
    const setting = setPassword(await this.#readAccount(), to, connection);
    try {
      await connection.query(`${setting} REPLACE ${connection.literal(wrong)}`);
    } catch (error) {
      const number = numberOf(error);
      if (number === CURRENT_PASSWORD_NOT_OURS || number === CURRENT_PASSWORD_WRONG) {
        return { keptForMs: 0, standing: 'newest' };
      }
      throw statementError(error, this.#options);
    }
    throw new DatabaseError('the server made a change that named a wrong password', {
      subject,
      remedy: 'report this with the version of the server',
    });
  }

  async change({ to }: PasswordChange): Promise<'changed'> {
    const { connection, redactor } = this.#options;
    redactor.add(to.reveal());
    const account = await this.#readAccount();
    try {
      await connection.query(setPassword(account, to, connection));
      await connection.query(`ALTER USER ${account} DISCARD OLD PASSWORD`);
    } catch (error) {
      throw changeError(error, this.#options);
    }
    return 'changed';
  }

  /** Makes `own` the only password. */
  async endOverlap(own: Password): Promise<void> {
    // It may be the secondary one, which a mere DISCARD would end.
    await this.change({ to: own });
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }

  async #readAccount(): Promise<string> {
    const { connection, username: user } = this.#options;
    const account = await findAccount(connection, { user, engine: 'mysql' }, this.#options);
    return formatAccount(account, connection);
  }
}

function setPassword(account: string, to: Password, connection: MysqlConnection): string {
  return `ALTER USER ${account} IDENTIFIED BY ${connection.literal(to.reveal())}`;
}
