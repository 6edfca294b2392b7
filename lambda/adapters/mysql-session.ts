import type { MysqlConfig } from '../../config/database-config.ts';
import { OverlapError, PasswordPolicyError } from '../domain/errors.ts';
import type { Password } from '../domain/password.ts';
import type { AccountRules, OwnSession, PasswordChange, Rehearsal } from '../ports/database.ts';
import { readAccountRules } from './mysql-account-rules.ts';
import { checkSession, requireWriter } from './mysql-check.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { notNewestError, type ErrorContext } from './mysql-errors.ts';
import { OwnPassword } from './mysql-own-password.ts';

export interface MysqlSessionOptions extends ErrorContext {
  readonly connection: MysqlConnection;
  readonly username: string;
  /** With which the session was opened. */
  readonly password: Password;
  readonly testQuery: string | undefined;
  readonly overlap: NonNullable<MysqlConfig['overlap']>;
}

/**
 * A session of MysqlDatabase, of the user itself. Whether it may keep an old password is never looked up among its
 * privileges, which may come from a role that is active or not; the server is asked for the change and says.
 */
export class MysqlSession implements OwnSession {
  readonly #options: MysqlSessionOptions;
  readonly #password: OwnPassword;

  constructor(options: MysqlSessionOptions) {
    this.#options = options;
    this.#password = new OwnPassword(options);
  }

  async check(): Promise<void> {
    await checkSession(this.#options);
  }

  async account(): Promise<AccountRules> {
    return await readAccountRules(this.#options.connection, { ...this.#options, engine: 'mysql' });
  }

  async rehearse({ to }: Pick<PasswordChange, 'to'>): Promise<Rehearsal> {
    const { connection, overlap } = this.#options;
    await requireWriter(connection, this.#options);
    const keeps = overlap !== 'off' && (await this.#password.wouldSet({ to, keep: true }));
    if (keeps) return { keptForMs: Infinity, standing: 'newest' };
    if (overlap === 'require') throw this.#notKept();
    await this.#password.wouldSet({ to });
    return { keptForMs: 0, standing: 'newest' };
  }

  /** With overlap off no other password stays valid, unless the user may not end it. */
  async change({
    from = this.#options.password,
    to,
    standing = 'newest',
  }: PasswordChange): Promise<'changed' | 'from-is-older'> {
    const { overlap } = this.#options;
    let outcome = await this.#password.set({ to, replace: from, keep: overlap !== 'off' });
    if (outcome === 'not-kept') {
      if (overlap === 'require') throw this.#notKept();
      outcome = await this.#password.set({ to, replace: from });
    }
    if (outcome === 'from-is-older') {
      if (standing === 'newest') return outcome;
      // In the place of the newer one, so that `from`, the secondary one, stays.
      await this.#password.set({ to });
    }
    if (overlap === 'off') await this.#password.discardSecondary();
    return 'changed';
  }

  /**
   * Where the user may not end a password, it never kept one either, and there is nothing to do. Asking which password is
   * the newest and ending the other one are two statements: no rotation may be under way.
   *
   * @throws OverlapError also when the server's password rules keep it from saying which password is the newest
   */
  async endOverlap(own: Password): Promise<void> {
    try {
      if (!(await this.#password.wouldSet({ to: own, keep: true }))) return;
      // It is set already, unless another one is: this only asks.
      if ((await this.#password.set({ to: own, replace: own })) === 'from-is-older') {
        throw notNewestError(this.#options);
      }
    } catch (cause) {
      if (!(cause instanceof PasswordPolicyError)) throw cause;
      throw new OverlapError('the password rules forbid to ask which password is the newest', {
        subject: this.#options.subject,
        remedy: `as an administrator, ALTER USER … DISCARD OLD PASSWORD for ${this.#options.username}, once AWSCURRENT is the newest`,
        cause,
      });
    }
    await this.#password.discardSecondary();
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }

  #notKept(): OverlapError {
    const { subject, username } = this.#options;
    return new OverlapError('overlap is required, and the user may not keep its old password', {
      subject,
      remedy: `GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO '${username}'@'…', itself or to a default role of it`,
    });
  }
}
