import { OracleError } from '../oracle-error.ts';
import { Account, type Login, type LogonAttempt, type UserOptions } from './account.ts';
import type { Candidate } from './passwords.ts';
import { AUTONOMOUS_LIMITS, Profile, type ProfileLimits } from './profile.ts';
import { PlainVerifier, type MakeVerifier, type Verifier } from './verifier.ts';

/** What a password may be at most since 23ai; 30 before. */
const PASSWORD_BYTES_MAX = 1024;

export interface AccountsOptions<V extends Verifier> {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly makeVerifier: MakeVerifier<V>;
  /** Longer ones are refused with ORA-00972, before any rule of the profile. @default 1024 */
  readonly passwordBytesMax?: number;
}

/** A change of a password with the old one beside it, as `connection.changePassword` asks for it. */
export interface PasswordChange {
  /** Whose session it is. */
  readonly by: string;
  readonly user: string;
  readonly oldPassword: string;
  readonly newPassword: string;
}

/** `ALTER USER user [IDENTIFIED BY password [REPLACE replaced]] [EXPIRE PASSWORD ROLLOVER PERIOD]`. */
export interface UserAlteration {
  /** Whose session it is. */
  readonly by: string;
  readonly user: string;
  readonly password?: string | undefined;
  readonly replaced?: string | undefined;
  readonly endsRollover: boolean;
}

/** What every user can read of every other. */
export interface AccountListing {
  readonly name: string;
  readonly created: Date;
}

/** What a user can read of itself. */
export interface AccountDescription {
  readonly status: string;
  readonly expiryDate: Date | undefined;
  readonly lockDate: Date | undefined;
  readonly passwordChangeDate: Date;
  readonly limits: ReturnType<Profile['rows']>;
}

/**
 * The name that a client's user name stands for in the dictionary: in capitals, unless it is in double quotes. All
 * verbs of `Accounts` take the name in the dictionary.
 */
export function dictionaryName(typed: string): string {
  const name = typed.trim();
  return /^"[^"]+"$/.test(name) ? name.slice(1, -1) : name.toUpperCase();
}

/**
 * Users and profiles of an Oracle database, with Autonomous Database's rules, in memory and without a network. It
 * serves a simulation, where a password is compared, as well as the server, where a client proves that it knows one.
 *
 * Every verb either takes effect or throws an OracleError, with nothing changed but the count of failures.
 */
export class Accounts<V extends Verifier> {
  readonly #options: AccountsOptions<V>;
  readonly #profiles = new Map([['DEFAULT', new Profile('DEFAULT', AUTONOMOUS_LIMITS)]]);
  readonly #accounts = new Map<string, Account<V>>();
  readonly #refusedLogins = new Map<string, number>();

  constructor(options: AccountsOptions<V>) {
    this.#options = options;
  }

  /** Accounts that compare passwords, for use without a network. */
  static inMemory({ now }: { readonly now: () => number }): Accounts<PlainVerifier> {
    return new Accounts({ now, makeVerifier: (password) => new PlainVerifier(password) });
  }

  /**
   * CREATE PROFILE; what is not given is as in Autonomous Database's DEFAULT.
   *
   * @throws OracleError 2377
   */
  createProfile(name: string, limits: Partial<ProfileLimits>): void {
    this.#profiles.set(name, new Profile(name, { ...AUTONOMOUS_LIMITS, ...limits }));
  }

  /**
   * ALTER PROFILE: holds at once for all its users, a rollover under way included.
   *
   * @throws OracleError 2380, 2377
   */
  alterProfile(name: string, limits: Partial<ProfileLimits>): void {
    this.#profile(name).alter(limits);
  }

  /**
   * CREATE USER, or its replacement by a new one.
   *
   * @throws OracleError 2380, and 988, 972, 28003 for the password
   */
  createUser(options: UserOptions): void {
    const { makeVerifier: make, passwordBytesMax = PASSWORD_BYTES_MAX } = this.#options;
    const profile = this.#profile(options.profile ?? 'DEFAULT');
    const rules = { profile, make, passwordBytesMax, nowMs: this.#nowMs };
    this.#accounts.set(options.name, new Account(options, rules));
  }

  /**
   * Logs in with a password.
   *
   * @throws OracleError as `logon`
   */
  login(user: string, password: string): Login {
    return this.logon(user, { matches: (verifier) => verifier.matches(password) });
  }

  /**
   * Logs in with whatever proof of a password the caller can check. Locked comes before wrong, wrong before expired.
   *
   * @throws OracleError 1017 (also for a user that does not exist), 28000, 1045, 28001; with a new password also 988,
   *   972, 28003, 28007
   */
  logon(user: string, attempt: LogonAttempt<V>): Login {
    try {
      const account = this.#accounts.get(user);
      if (account === undefined) throw new OracleError(1017);
      return account.logon(attempt, this.#nowMs);
    } catch (error) {
      if (error instanceof OracleError) {
        this.#refusedLogins.set(user, this.refusedLogins(user) + 1);
      }
      throw error;
    }
  }

  /** How many logons of this user were answered with an error, whichever. */
  refusedLogins(user: string): number {
    return this.#refusedLogins.get(user) ?? 0;
  }

  /** The verifiers that open the account now; none for a user that does not exist. */
  candidates(user: string): readonly Candidate<V>[] {
    return this.#accounts.get(user)?.candidates(this.#nowMs) ?? [];
  }

  /**
   * Changes a password, the old one being given. Who may alter users can leave it empty for others.
   *
   * @throws OracleError 28008 for a wrong old password (it locks nothing), 1031, 1918, 988, 972, 28003, 28007
   */
  changePassword({ by, user, oldPassword, newPassword }: PasswordChange): void {
    const account = this.#alterable(by, user);
    if (by === user) this.#requireOld(account, oldPassword);
    account.changePassword(newPassword, this.#nowMs);
  }

  /**
   * ALTER USER. A user without the privilege of that name may alter only itself, and must name the old password where
   * the profile has a verify function.
   *
   * @throws OracleError 1031, 1918, 28221, 28008, 28227, 988, 972, 28003, 28007
   */
  alterUser({ by, user, password, replaced, endsRollover }: UserAlteration): void {
    const account = this.#alterable(by, user);
    if (endsRollover && account.isAdministrative) throw new OracleError(28227);
    if (password !== undefined) {
      const mustReplace = account.profile.limits.hasVerifyFunction && !this.#canAlterUsers(by);
      if (mustReplace && replaced === undefined) throw new OracleError(28221);
      if (by === user && replaced !== undefined) this.#requireOld(account, replaced);
      account.changePassword(password, this.#nowMs);
    }
    if (endsRollover) account.expireRollover();
  }

  /** ALTER USER … EXPIRE PASSWORD ROLLOVER PERIOD, by the user itself. Silent when there is none. */
  expireRollover(user: string): void {
    this.alterUser({ by: user, user, endsRollover: true });
  }

  /** ALTER USER … IDENTIFIED BY, by an administrator: no old password stays valid. */
  resetPassword(user: string, password: string): void {
    const account = this.#account(user);
    account.expireRollover();
    account.changePassword(password, this.#nowMs);
    account.expireRollover();
  }

  /** ALTER USER … PASSWORD EXPIRE, by an administrator. */
  expirePassword(user: string): void {
    this.#account(user).expirePassword();
  }

  /** ALTER USER … ACCOUNT LOCK, by an administrator. */
  lock(user: string): void {
    this.#account(user).lock(this.#nowMs);
  }

  /** ALTER USER … ACCOUNT UNLOCK, by an administrator. */
  unlock(user: string): void {
    this.#account(user).unlock();
  }

  /** ACCOUNT_STATUS: `OPEN`, `OPEN & IN ROLLOVER`, `LOCKED(TIMED)`, … */
  status(user: string): string {
    return this.#account(user).status(this.#nowMs);
  }

  /** What a user can read of itself in USER_USERS and USER_PASSWORD_LIMITS. */
  describe(user: string): AccountDescription {
    const account = this.#account(user);
    return {
      status: account.status(this.#nowMs),
      expiryDate: account.expiryDate(),
      lockDate: account.lockDate(),
      passwordChangeDate: account.passwordChangeDate(),
      limits: account.profile.rows(),
    };
  }

  /** What ALL_USERS shows. */
  list(): readonly AccountListing[] {
    return [...this.#accounts.values()].map(({ name, created }) => ({ name, created }));
  }

  get #nowMs(): number {
    return this.#options.now();
  }

  #alterable(by: string, user: string): Account<V> {
    if (by !== user && !this.#canAlterUsers(by)) throw new OracleError(1031);
    return this.#account(user);
  }

  #canAlterUsers(user: string): boolean {
    return this.#accounts.get(user)?.canAlterUsers ?? false;
  }

  #requireOld(account: Account<V>, password: string): void {
    if (!account.accepts(password, this.#nowMs)) throw new OracleError(28008);
  }

  #account(user: string): Account<V> {
    const account = this.#accounts.get(user);
    if (account === undefined) throw new OracleError(1918, `user '${user}' does not exist`);
    return account;
  }

  #profile(name: string): Profile {
    const profile = this.#profiles.get(name);
    if (profile === undefined) throw new OracleError(2380, `profile ${name} does not exist`);
    return profile;
  }
}
