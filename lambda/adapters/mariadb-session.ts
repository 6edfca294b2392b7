import type { MariadbConfig } from '../../config/database-config.ts';
import { NotPermittedError, OverlapError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import type { AccountRules, OwnSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import { readHashes, requireTakesHashes } from './mariadb-account.ts';
import { mayAlterUsers, requireMayAlterUsers, setHashes } from './mariadb-alter-user.ts';
import { nativeHash } from './mariadb-hash.ts';
import { readAccountRules } from './mysql-account-rules.ts';
import { parseAccount, type MysqlAccount } from './mysql-account.ts';
import { checkSession } from './mysql-check.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { changeError, notNewestError, type ErrorContext } from './mysql-errors.ts';

export interface MariadbSessionOptions extends ErrorContext {
  readonly connection: MysqlConnection;
  readonly username: string;
  /** With which the session was opened. */
  readonly password: Password;
  readonly testQuery: string | undefined;
  readonly overlap: NonNullable<MariadbConfig['overlap']>;
  /** Opens a connection as the superuser, and gives its name; left out: there is none. */
  readonly openSuperuser:
    (() => Promise<{ readonly connection: MysqlConnection; readonly name: string }>) | undefined;
}

/** A connection that may give accounts their passwords, all of them at once. */
interface Administrator {
  readonly connection: MysqlConnection;
  readonly context: ErrorContext;
}

/**
 * A session of MariadbDatabase, of the user itself.
 *
 * An account has a list of login methods, any of which will do: two passwords are two methods. `ALTER USER` replaces the
 * whole list, but needs CREATE USER; `SET PASSWORD`, which the user may always run for itself, replaces the first method
 * only and leaves a second one for ever (databases.md 2.2).
 */
export class MariadbSession implements OwnSession {
  readonly #options: MariadbSessionOptions;
  #superuser: Administrator | undefined;

  constructor(options: MariadbSessionOptions) {
    this.#options = options;
  }

  async check(): Promise<void> {
    await checkSession(this.#options);
  }

  async account(): Promise<AccountRules> {
    return await readAccountRules(this.#options.connection, {
      ...this.#options,
      engine: 'mariadb',
    });
  }

  /** @throws NotPermittedError also when a second password is valid that nobody may end */
  async rehearse({ to }: Pick<PasswordChange, 'to'>): Promise<Rehearsal> {
    const { connection, redactor, overlap } = this.#options;
    redactor.add(to.reveal(), nativeHash(to.reveal()));
    const { hashes } = await this.#readAccount();
    await requireTakesHashes(connection, this.#options);
    const administrator = await this.#administratorFor(hashes);
    const keeps = administrator !== undefined && overlap !== 'off';
    return { keptForMs: keeps ? Infinity : 0, standing: 'newest' };
  }

  /** With overlap on, and somebody who may, the account gets `to` and `from`, whatever it had. Otherwise `to` alone. */
  async change({ from = this.#options.password, to }: PasswordChange): Promise<'changed'> {
    const { redactor, overlap } = this.#options;
    const [next, present] = [nativeHash(to.reveal()), nativeHash(from.reveal())];
    redactor.add(to.reveal(), from.reveal(), next, present);
    const { account, hashes } = await this.#readAccount();
    const administrator = await this.#administratorFor(hashes);
    if (administrator === undefined) {
      await this.#setOwn(next);
    } else {
      const { connection, context } = administrator;
      const wanted = overlap === 'off' ? [next] : [next, present];
      await setHashes(connection, { account, hashes: wanted }, context);
    }
    return 'changed';
  }

  /** @throws OverlapError also when there is nobody who may end the other password */
  async endOverlap(own: Password): Promise<void> {
    const { redactor, subject } = this.#options;
    const hash = nativeHash(own.reveal());
    redactor.add(own.reveal(), hash);
    const { account, hashes } = await this.#readAccount();
    if (hashes.length === 1) return;
    if (hashes[0] !== hash) throw notNewestError(this.#options);
    const administrator = await this.#administrator();
    if (administrator === undefined) {
      throw new OverlapError('nobody may end the old password', { subject, remedy: this.#means() });
    }
    await setHashes(administrator.connection, { account, hashes: [hash] }, administrator.context);
  }

  async close(): Promise<void> {
    await Promise.all([this.#options.connection.close(), this.#superuser?.connection.close()]);
  }

  async #readAccount(): Promise<{ account: MysqlAccount; hashes: readonly string[] }> {
    const { connection } = this.#options;
    const [name] = await connection.read('SELECT CURRENT_USER()', this.#options);
    const account = parseAccount(String(name));
    return { account, hashes: await readHashes(connection, account, this.#options) };
  }

  /**
   * Who is to make a change: undefined for the session itself, which may replace a single password.
   *
   * @throws OverlapError when overlap is required, NotPermittedError when there is a second password, and nobody may
   */
  async #administratorFor(hashes: readonly string[]): Promise<Administrator | undefined> {
    const { overlap, subject, username } = this.#options;
    if (overlap === 'off' && hashes.length === 1) return undefined;
    const administrator = await this.#administrator();
    if (administrator !== undefined) return administrator;
    if (overlap === 'require') {
      throw new OverlapError('overlap is required, and nobody may give the user two passwords', {
        subject,
        remedy: this.#means(),
      });
    }
    if (hashes.length === 1) return undefined;
    throw new NotPermittedError(`${username} has a second password, which nobody may end`, {
      subject,
      remedy: `${this.#means()}; or, as an administrator, leave it one by ALTER USER … IDENTIFIED VIA mysql_native_password USING '…'`,
    });
  }

  /** The superuser, if there is one, else the session itself where it may. */
  async #administrator(): Promise<Administrator | undefined> {
    const { connection, openSuperuser } = this.#options;
    if (this.#superuser !== undefined) return this.#superuser;
    if (openSuperuser === undefined) {
      const context = this.#options;
      return (await mayAlterUsers(connection, context)) ? { connection, context } : undefined;
    }
    const { connection: other, name } = await openSuperuser();
    const { subject, redactor } = this.#options;
    this.#superuser = { connection: other, context: { subject, redactor, superuser: name } };
    await requireMayAlterUsers(other, this.#superuser.context);
    return this.#superuser;
  }

  async #setOwn(hash: string): Promise<void> {
    const { connection } = this.#options;
    await connection.query(`SET PASSWORD = '${hash}'`).catch((error: unknown) => {
      throw changeError(error, this.#options);
    });
  }

  #means(): string {
    return 'set "superuserSecretArn" of this database in rotations.json to a secret with a user that has CREATE USER';
  }
}
