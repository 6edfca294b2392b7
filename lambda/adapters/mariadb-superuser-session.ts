import type { Password } from '../domain/password.ts';
import type { DatabaseSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import { readHashes, requireTakesHashes } from './mariadb-account.ts';
import { requireMayAlterUsers, setHashes } from './mariadb-alter-user.ts';
import { nativeHash } from './mariadb-hash.ts';
import { findAccount, type MysqlAccount } from './mysql-account.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { notNewestError, type ErrorContext } from './mysql-errors.ts';

export interface MariadbSuperuserSessionOptions extends ErrorContext {
  readonly connection: MysqlConnection;
  /** The user whose password the superuser changes. */
  readonly username: string;
}

/** A session of MariadbDatabase that changes the password of another user. Its user has CREATE USER and reads `mysql.*`. */
export class MariadbSuperuserSession implements DatabaseSession {
  readonly #options: MariadbSuperuserSessionOptions;

  constructor(options: MariadbSuperuserSessionOptions) {
    this.#options = options;
  }

  async check(): Promise<void> {
    await this.#findAccount();
  }

  async rehearse({ to }: Pick<PasswordChange, 'to'>): Promise<Rehearsal> {
    const { connection, redactor } = this.#options;
    redactor.add(to.reveal(), nativeHash(to.reveal()));
    await requireTakesHashes(connection, this.#options);
    await requireMayAlterUsers(connection, this.#options);
    await readHashes(connection, await this.#findAccount(), this.#options);
    return { keptForMs: 0, standing: 'newest' };
  }

  async change({ to }: PasswordChange): Promise<'changed'> {
    const { connection, redactor } = this.#options;
    const hash = nativeHash(to.reveal());
    redactor.add(to.reveal(), hash);
    const account = await this.#findAccount();
    // For what it throws: the account must have no method that is no password.
    await readHashes(connection, account, this.#options);
    await setHashes(connection, { account, hashes: [hash] }, this.#options);
    return 'changed';
  }

  async endOverlap(own: Password): Promise<void> {
    const { connection, redactor } = this.#options;
    const hash = nativeHash(own.reveal());
    redactor.add(own.reveal(), hash);
    const account = await this.#findAccount();
    const hashes = await readHashes(connection, account, this.#options);
    if (hashes.length === 1) return;
    if (hashes[0] !== hash) throw notNewestError(this.#options);
    await setHashes(connection, { account, hashes: [hash] }, this.#options);
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }

  async #findAccount(): Promise<MysqlAccount> {
    const { connection, username: user } = this.#options;
    return await findAccount(connection, { user, engine: 'mariadb' }, this.#options);
  }
}
