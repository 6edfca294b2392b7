import { createHash } from 'node:crypto';
import { DatabaseError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { CURRENT_PASSWORD_WRONG, NOT_PERMITTED, numberOf } from './mysql-error-numbers.ts';
import { changeError, statementError, type ErrorContext } from './mysql-errors.ts';

export interface OwnPasswordOptions extends ErrorContext {
  readonly connection: MysqlConnection;
}

export interface Setting {
  readonly to: Password;
  /** What the primary password is to be now; left out: whatever it is. */
  readonly replace?: Password;
  /** Whether the primary password is to become the secondary one, which ends the secondary one of now. @default false */
  readonly keep?: boolean;
}

/**
 * The password of the account that a MySQL session acts as. The account may have a secondary password, which is valid
 * beside the primary one and which a change leaves alone unless it keeps the primary one (databases.md 2.1).
 *
 * The texts of the statements hold passwords, because a user without CREATE USER can give itself a password in no other
 * way. The server leaves them out of all it logs, unless it was started with log_raw.
 */
export class OwnPassword {
  readonly #options: OwnPasswordOptions;

  constructor(options: OwnPasswordOptions) {
    this.#options = options;
  }

  /**
   * Asks for the change with a wrong `REPLACE`. The server sees to privileges and password rules first, so that it
   * refuses for that reason only if nothing else stands against the change. It counts that as no failed login.
   *
   * @returns false where the user may not keep a password
   * @throws PasswordPolicyError, NotPermittedError and what else a change throws when it changes nothing
   */
  async wouldSet({ to, keep = false }: Pick<Setting, 'to' | 'keep'>): Promise<boolean> {
    const { connection, redactor, subject } = this.#options;
    const wrong = nobodysPassword(to);
    redactor.add(to.reveal(), wrong);
    try {
      await connection.query(this.#alterUser(to.reveal(), wrong, keep));
    } catch (error) {
      if (numberOf(error) === CURRENT_PASSWORD_WRONG) return true;
      if (numberOf(error) === NOT_PERMITTED && keep) return false;
      throw statementError(error, this.#options);
    }
    throw new DatabaseError('the server made a change that named a wrong password', {
      subject,
      remedy: 'report this with the version of the server',
    });
  }

  /**
   * @returns `from-is-older` where another password than `replace` is primary, `not-kept` where the user may not keep a
   *   password; nothing changed then
   */
  async set({
    to,
    replace,
    keep = false,
  }: Setting): Promise<'changed' | 'from-is-older' | 'not-kept'> {
    const { connection, redactor } = this.#options;
    redactor.add(to.reveal());
    if (replace !== undefined) redactor.add(replace.reveal());
    try {
      await connection.query(this.#alterUser(to.reveal(), replace?.reveal(), keep));
      return 'changed';
    } catch (error) {
      if (numberOf(error) === CURRENT_PASSWORD_WRONG) return 'from-is-older';
      if (numberOf(error) === NOT_PERMITTED && keep) return 'not-kept';
      throw changeError(error, this.#options);
    }
  }

  /** Ends the secondary password, where the user may. */
  async discardSecondary(): Promise<void> {
    try {
      await this.#options.connection.query('ALTER USER USER() DISCARD OLD PASSWORD');
    } catch (error) {
      if (numberOf(error) !== NOT_PERMITTED) throw changeError(error, this.#options);
    }
  }

  /** `USER()` stands for the account that the session acts as, even where its host part is another. */
  #alterUser(to: string, replace: string | undefined, keep: boolean): string {
    const { connection } = this.#options;
    return [
      `ALTER USER USER() IDENTIFIED BY ${connection.literal(to)}`,
      ...(replace === undefined ? [] : [`REPLACE ${connection.literal(replace)}`]),
      ...(keep ? ['RETAIN CURRENT PASSWORD'] : []),
    ].join(' ');
  }
}

/** A password that nobody has, since it is made of one that only the vaults know. */
export function nobodysPassword(to: Password): string {
  return createHash('sha256').update(`not ${to.reveal()}`).digest('hex');
}
