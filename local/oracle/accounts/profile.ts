import { OracleError } from '../oracle-error.ts';

/** Password limits of a profile. Times are in days, as in Oracle; `Infinity` is UNLIMITED. */
export interface ProfileLimits {
  readonly failedLoginAttempts: number;
  readonly passwordLifeTime: number;
  readonly passwordGraceTime: number;
  readonly passwordLockTime: number;
  /** A password may come back once this many others were set since. */
  readonly passwordReuseMax: number;
  /** A password may come back once it was set this long ago; it must satisfy `passwordReuseMax` too. */
  readonly passwordReuseTime: number;
  /** 0 is off. */
  readonly passwordRolloverTime: number;
  /** Whether Autonomous Database's rules for passwords apply (password-rules.ts). */
  readonly hasVerifyFunction: boolean;
}

/** The DEFAULT profile of an Autonomous Database. */
export const AUTONOMOUS_LIMITS: ProfileLimits = {
  failedLoginAttempts: 10,
  passwordLifeTime: 360,
  passwordGraceTime: 30,
  passwordLockTime: 1,
  passwordReuseMax: 4,
  passwordReuseTime: 1,
  passwordRolloverTime: 0,
  hasVerifyFunction: true,
};

const ROLLOVER_DAYS_MIN = 1 / 24;
const ROLLOVER_DAYS_MAX = 60;

/** A profile: the limits that all its users share from the moment they change. */
export class Profile {
  readonly name: string;
  #limits: ProfileLimits;

  /** @throws OracleError 2377 */
  constructor(name: string, limits: ProfileLimits) {
    this.name = name;
    this.#limits = checked(limits);
  }

  get limits(): ProfileLimits {
    return this.#limits;
  }

  /** @throws OracleError 2377 */
  alter(limits: Partial<ProfileLimits>): void {
    this.#limits = checked({ ...this.#limits, ...limits });
  }

  /** The limits as USER_PASSWORD_LIMITS shows them. */
  rows(): { readonly RESOURCE_NAME: string; readonly LIMIT: string }[] {
    const limits = this.#limits;
    return [
      ['FAILED_LOGIN_ATTEMPTS', display(limits.failedLoginAttempts)],
      ['PASSWORD_LIFE_TIME', display(limits.passwordLifeTime)],
      ['PASSWORD_REUSE_TIME', display(limits.passwordReuseTime)],
      ['PASSWORD_REUSE_MAX', display(limits.passwordReuseMax)],
      ['PASSWORD_VERIFY_FUNCTION', limits.hasVerifyFunction ? 'CLOUD_VERIFY_FUNCTION' : 'NULL'],
      ['PASSWORD_LOCK_TIME', display(limits.passwordLockTime)],
      ['PASSWORD_GRACE_TIME', display(limits.passwordGraceTime)],
      ['PASSWORD_ROLLOVER_TIME', display(limits.passwordRolloverTime)],
    ].map(([RESOURCE_NAME = '', LIMIT = '']) => ({ RESOURCE_NAME, LIMIT }));
  }
}

/** "Not above PASSWORD_LIFE_TIME and PASSWORD_GRACE_TIME", where a grace time of 0 does not count. */
function checked(limits: ProfileLimits): ProfileLimits {
  const { passwordRolloverTime, passwordLifeTime, passwordGraceTime } = limits;
  if (passwordRolloverTime === 0) return limits;
  const max = Math.min(ROLLOVER_DAYS_MAX, passwordLifeTime, passwordGraceTime || Infinity);
  if (passwordRolloverTime < ROLLOVER_DAYS_MIN || passwordRolloverTime > max) {
    throw new OracleError(2377);
  }
  return limits;
}

/** Four decimals, the rest cut off, no zero before the point: one hour is `.0416`. */
function display(limit: number): string {
  if (limit === Infinity) return 'UNLIMITED';
  return String(Math.trunc(limit * 10_000) / 10_000).replace(/^0(?=\.)/, '');
}
