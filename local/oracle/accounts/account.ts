import { OracleError } from '../oracle-error.ts';
import { verifyPassword } from './password-rules.ts';
import { Passwords, type Candidate, type VerifierLabel } from './passwords.ts';
import type { Profile } from './profile.ts';
import type { MakeVerifier, Verifier } from './verifier.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;

export interface UserOptions {
  /** As in the dictionary: `APP` for what clients may write `app`. */
  readonly name: string;
  readonly password: string;
  /** @default DEFAULT */
  readonly profile?: string;
  /** Holds SYSDBA or the like: never has a rollover. @default false */
  readonly isAdministrative?: boolean;
  /** Holds ALTER USER: may change others' passwords, and its own without the old one. @default false */
  readonly canAlterUsers?: boolean;
  /** Holds CREATE SESSION. @default true */
  readonly canConnect?: boolean;
}

/** How a logon proves that it knows a password. */
export interface LogonAttempt<V> {
  readonly matches: (verifier: V) => boolean;
  /** The new password that it brings along, if any. Asked for once a verifier has matched. */
  readonly newPassword?: () => string | undefined;
}

/** An accepted logon. */
export interface Login {
  readonly verifier: VerifierLabel;
  /** ORA-28002 in the grace time. */
  readonly warning?: OracleError;
}

/** One database account. Whatever depends on time is decided when it is next looked at. */
export class Account<V extends Verifier> {
  readonly name: string;
  readonly profile: Profile;
  readonly isAdministrative: boolean;
  readonly canAlterUsers: boolean;
  readonly created: Date;
  readonly #canConnect: boolean;
  readonly #passwordBytesMax: number;
  readonly #passwords: Passwords<V>;
  #failures = 0;
  #lock: { readonly sinceMs: number; readonly isTimed: boolean } | undefined;
  #isExpired = false;
  #graceEndsMs: number | undefined;

  constructor(
    options: UserOptions,
    rules: {
      readonly profile: Profile;
      readonly make: MakeVerifier<V>;
      readonly passwordBytesMax: number;
      readonly nowMs: number;
    },
  ) {
    this.name = options.name;
    this.profile = rules.profile;
    this.isAdministrative = options.isAdministrative ?? false;
    this.canAlterUsers = options.canAlterUsers ?? false;
    this.created = wholeSecond(rules.nowMs);
    this.#canConnect = options.canConnect ?? true;
    this.#passwordBytesMax = rules.passwordBytesMax;
    this.#requireForm(options.password);
    this.#passwords = new Passwords(options.password, rules);
  }

  candidates(nowMs: number): readonly Candidate<V>[] {
    this.#settle(nowMs);
    return this.#passwords.candidates();
  }

  /** @throws OracleError 28000, 1017, 1045, 28001, and those of `changePassword` where there is a new one */
  logon(attempt: LogonAttempt<V>, nowMs: number): Login {
    this.#settle(nowMs);
    if (this.#lock !== undefined) throw new OracleError(28000);
    const candidate = this.#passwords.candidates().find((one) => attempt.matches(one.verifier));
    if (candidate === undefined) {
      this.#countFailure(nowMs);
      throw new OracleError(1017);
    }
    this.#failures = 0;
    if (!this.#canConnect) throw new OracleError(1045);
    const newPassword = attempt.newPassword?.();
    if (newPassword !== undefined) this.changePassword(newPassword, nowMs);
    const warning = this.#checkExpiry(nowMs);
    return { verifier: candidate.label, ...(warning && { warning }) };
  }

  /** Whether the account opens with this password now, lock and expiry aside. Counts nothing. */
  accepts(password: string, nowMs: number): boolean {
    this.#settle(nowMs);
    return this.#passwords.accepts(password);
  }

  /**
   * Sets a password, with a rollover where the profile has one and the account is not expired.
   *
   * @throws OracleError 988, 972, 28003, 28007
   */
  changePassword(password: string, nowMs: number): void {
    this.#settle(nowMs);
    this.#requireForm(password);
    const { passwordReuseMax, passwordReuseTime, passwordRolloverTime } = this.profile.limits;
    const reuse = { reuseMax: passwordReuseMax, reuseMs: passwordReuseTime * DAY_MS, nowMs };
    if (this.#passwords.isRecent(password, reuse)) throw new OracleError(28007);
    const overlap = passwordRolloverTime > 0 && !this.isAdministrative && !this.#hasExpired(nowMs);
    this.#passwords.change(password, { nowMs, overlap });
    this.#isExpired = false;
    this.#graceEndsMs = undefined;
  }

  expireRollover(): void {
    this.#passwords.endRollover();
  }

  expirePassword(): void {
    this.#isExpired = true;
  }

  lock(nowMs: number): void {
    this.#lock = { sinceMs: nowMs, isTimed: false };
  }

  unlock(): void {
    this.#lock = undefined;
    this.#failures = 0;
  }

  /** ACCOUNT_STATUS of USER_USERS. */
  status(nowMs: number): string {
    this.#settle(nowMs);
    const parts: string[] = [];
    if (this.#hasExpired(nowMs)) parts.push('EXPIRED');
    else if (this.#graceEndsMs !== undefined) parts.push('EXPIRED(GRACE)');
    if (this.#lock !== undefined) parts.push(this.#lock.isTimed ? 'LOCKED(TIMED)' : 'LOCKED');
    if (parts.length === 0) parts.push('OPEN');
    if (this.#passwords.isInRollover) parts.push('IN ROLLOVER');
    return parts.join(' & ');
  }

  /** EXPIRY_DATE of USER_USERS: undefined where the password never expires. */
  expiryDate(): Date | undefined {
    const lifeMs = this.profile.limits.passwordLifeTime * DAY_MS;
    const expiresMs = this.#graceEndsMs ?? this.#passwords.setAtMs + lifeMs;
    return Number.isFinite(expiresMs) ? new Date(expiresMs) : undefined;
  }

  /** PASSWORD_CHANGE_DATE of USER_USERS: of the newest password, in a rollover too. */
  passwordChangeDate(): Date {
    return wholeSecond(this.#passwords.setAtMs);
  }

  /** LOCK_DATE of USER_USERS. */
  lockDate(): Date | undefined {
    return this.#lock && new Date(this.#lock.sinceMs);
  }

  #settle(nowMs: number): void {
    const { passwordRolloverTime, passwordLockTime } = this.profile.limits;
    this.#passwords.settle({ rolloverMs: passwordRolloverTime * DAY_MS, nowMs });
    if (this.#lock?.isTimed && nowMs >= this.#lock.sinceMs + passwordLockTime * DAY_MS) {
      this.unlock();
    }
  }

  #countFailure(nowMs: number): void {
    this.#failures += 1;
    if (this.#failures >= this.profile.limits.failedLoginAttempts) {
      this.#lock = { sinceMs: nowMs, isTimed: true };
    }
  }

  #hasExpired(nowMs: number): boolean {
    return this.#isExpired || (this.#graceEndsMs !== undefined && nowMs >= this.#graceEndsMs);
  }

  /** The grace time begins with the first logon after the end of the password's life. */
  #checkExpiry(nowMs: number): OracleError | undefined {
    const { passwordLifeTime, passwordGraceTime } = this.profile.limits;
    if (nowMs >= this.#passwords.setAtMs + passwordLifeTime * DAY_MS) {
      this.#graceEndsMs ??= nowMs + passwordGraceTime * DAY_MS;
    }
    if (this.#hasExpired(nowMs)) throw new OracleError(28001);
    if (this.#graceEndsMs === undefined) return undefined;
    const daysLeft = Math.ceil((this.#graceEndsMs - nowMs) / DAY_MS);
    return new OracleError(28002, `the password will expire within ${daysLeft} days`);
  }

  #requireForm(password: string): void {
    if (password === '') throw new OracleError(988);
    if (Buffer.byteLength(password) > this.#passwordBytesMax) throw new OracleError(972);
    if (this.profile.limits.hasVerifyFunction) verifyPassword(password, this.name);
  }
}

/** What is left of a time in a DATE. */
function wholeSecond(timeMs: number): Date {
  return new Date(Math.trunc(timeMs / 1000) * 1000);
}
