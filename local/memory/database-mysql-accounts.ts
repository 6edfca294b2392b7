import { mysqlError } from './database-mysql-errors.ts';

export interface MysqlAccountsOptions {
  /** Users of applications, and their passwords. */
  readonly users: ReadonlyMap<string, string>;
  /** Users with CREATE USER, which may change the passwords of all. @default none */
  readonly superusers?: ReadonlyMap<string, string>;
  /** Whether users of applications hold APPLICATION_PASSWORD_ADMIN, which two passwords need. @default true */
  readonly mayRetain?: boolean;
  /** password_history: so many of the last passwords cannot come back. @default 0, all can */
  readonly passwordHistory?: number;
  /** password_require_current: whoever changes its own must say the old one. @default false */
  readonly requiresCurrent?: boolean;
  /** validate_password. @default every password is taken */
  readonly acceptsByPolicy?: (password: string) => boolean;
}

/** What an administrator sets beside the password: `PASSWORD EXPIRE INTERVAL … DAY FAILED_LOGIN_ATTEMPTS …`. */
export interface AccountRules {
  /** Shown only: no password ends here. */
  readonly lifeDays?: number;
  /** The account is then locked until an administrator unlocks it. */
  readonly failedLoginAttempts?: number;
}

interface Account {
  readonly isSuperuser: boolean;
  primary: string;
  secondary: string | undefined;
  /** The newest first. */
  history: readonly string[];
  rules: AccountRules;
  /** Since the last login that was let in. */
  failedInARow: number;
}

/** `ALTER USER … IDENTIFIED BY password [REPLACE replaced] [RETAIN CURRENT PASSWORD]`. */
export interface UserAlteration {
  /** Whose session it is. */
  readonly by: string;
  readonly user: string;
  readonly password: string;
  readonly replaced?: string;
  readonly retains?: boolean;
}

/**
 * The accounts of a MySQL server (8.0.14 and later) in memory, as far as their passwords go: a primary and a secondary one
 * each. The rules, and which of several reasons a refusal names, were seen on MySQL 9.7.4: the privilege comes before the
 * policy, that before the history, and REPLACE is compared last.
 *
 * Every verb either takes effect or throws what mysql2 would.
 */
export class MysqlAccounts {
  readonly #options: MysqlAccountsOptions;
  readonly #accounts = new Map<string, Account>();
  readonly #refusedLogins = new Map<string, number>();
  #mayRetain: boolean;

  constructor(options: MysqlAccountsOptions) {
    this.#options = options;
    this.#mayRetain = options.mayRetain ?? true;
    const { users, superusers = new Map<string, string>() } = options;
    for (const [name, password] of users) this.#create(name, password, false);
    for (const [name, password] of superusers) this.#create(name, password, true);
  }

  has(user: string): boolean {
    return this.#accounts.has(user);
  }

  isSuperuser(user: string): boolean {
    return this.#accounts.get(user)?.isSuperuser ?? false;
  }

  /** Whether a password opens the account now, be it the primary or the secondary one. Counts nothing. */
  opens(user: string, password: string): boolean {
    const account = this.#accounts.get(user);
    return account?.primary === password || account?.secondary === password;
  }

  /** Logins of that name that were refused for name or password. */
  refusedLogins(user: string): number {
    return this.#refusedLogins.get(user) ?? 0;
  }

  /** By somebody else, behind the back of a rotation: it is the only one then. */
  setPassword(user: string, password: string): void {
    const account = this.#account(user);
    account.primary = password;
    account.secondary = undefined;
  }

  /** GRANT or REVOKE APPLICATION_PASSWORD_ADMIN, for all users of applications. Secondary passwords stay. */
  allowRetain(mayRetain: boolean): void {
    this.#mayRetain = mayRetain;
  }

  /** By an administrator. */
  setRules(user: string, rules: AccountRules): void {
    this.#account(user).rules = rules;
  }

  /** @throws 1396 */
  rules(user: string): AccountRules {
    return this.#account(user).rules;
  }

  /** @throws 1045, also for a user that does not exist; 3955 for one that is locked, whatever the password */
  login(user: string, password: string): void {
    const account = this.#accounts.get(user);
    const { failedLoginAttempts = Infinity } = account?.rules ?? {};
    if (account && account.failedInARow >= failedLoginAttempts) throw mysqlError(3955);
    if (account && this.opens(user, password)) {
      account.failedInARow = 0;
      return;
    }
    if (account) account.failedInARow += 1;
    this.#refusedLogins.set(user, this.refusedLogins(user) + 1);
    throw mysqlError(1045);
  }

  /**
   * Without RETAIN the secondary password stays as it is; with RETAIN the primary one takes its place, whatever it was.
   *
   * @throws 1227, 1396, 1819, 3638, 3892, 3893, 3891
   */
  alterUser({ by, user, password, replaced, retains = false }: UserAlteration): void {
    const isOwn = by === user;
    if (!isOwn) this.#requireSuperuser(by);
    if (retains) this.#requireMayRetain(by);
    const account = this.#account(user);
    if (!(this.#options.acceptsByPolicy?.(password) ?? true)) throw mysqlError(1819);
    if (account.history.includes(password)) throw mysqlError(3638);
    if (!isOwn && replaced !== undefined) throw mysqlError(3893);
    this.#requireCurrent(account, { isOwn, replaced });
    if (retains) account.secondary = account.primary;
    account.primary = password;
    account.history = this.#remembered(password, account.history);
  }

  /** DISCARD OLD PASSWORD. Silent when there is none. @throws 1227, 1396 */
  discardOldPassword({ by, user }: Pick<UserAlteration, 'by' | 'user'>): void {
    if (by !== user) this.#requireSuperuser(by);
    this.#requireMayRetain(by);
    this.#account(user).secondary = undefined;
  }

  #create(name: string, primary: string, isSuperuser: boolean): void {
    const history = this.#remembered(primary, []);
    const none = { secondary: undefined, rules: {}, failedInARow: 0 };
    this.#accounts.set(name, { isSuperuser, primary, history, ...none });
  }

  #remembered(password: string, before: readonly string[]): readonly string[] {
    const { passwordHistory = 0 } = this.#options;
    return passwordHistory === 0 ? [] : [password, ...before].slice(0, passwordHistory);
  }

  /** Compared with the primary password alone, and also where it is not asked for. */
  #requireCurrent(
    account: Account,
    { isOwn, replaced }: { isOwn: boolean; replaced: string | undefined },
  ): void {
    const { requiresCurrent = false } = this.#options;
    if (replaced === undefined) {
      if (isOwn && requiresCurrent && !account.isSuperuser) throw mysqlError(3892);
    } else if (replaced !== account.primary) {
      throw mysqlError(3891);
    }
  }

  #requireMayRetain(by: string): void {
    if (!this.#mayRetain && !this.isSuperuser(by)) throw mysqlError(1227);
  }

  #requireSuperuser(by: string): void {
    if (!this.isSuperuser(by)) throw mysqlError(1227);
  }

  #account(user: string): Account {
    const account = this.#accounts.get(user);
    if (account === undefined) throw mysqlError(1396);
    return account;
  }
}
