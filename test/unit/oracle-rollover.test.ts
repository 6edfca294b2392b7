import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../../local/oracle/accounts/verifier.ts';
import { TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const ONE = 'Example_Passw0rd_one';
const TWO = 'Example_Passw0rd_two';
const THREE = 'Example_Passw0rd_three';
const FOUR = 'Example_Passw0rd_four';
const WRONG = 'Example_Passw0rd_wrong';

let nowMs: number;
let accounts: Accounts<PlainVerifier>;

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 20, 12);
  accounts = Accounts.inMemory({ now: () => nowMs });
  accounts.createProfile('ROLLOVER', { passwordRolloverTime: 1 });
  accounts.createUser({ name: 'PAIR', password: ONE, profile: 'ROLLOVER' });
});

function change(user: string, { from, to }: { from: string; to: string }): void {
  accounts.changePassword({ by: user, user, oldPassword: from, newPassword: to });
}

/** Which of the passwords log in, each by its verifier; the others are refused with ORA-01017. */
function accepted(user: string, passwords: readonly string[]): string[] {
  return passwords.flatMap((password) => {
    try {
      return [
        `${password.slice('Example_Passw0rd_'.length)} ${accounts.login(user, password).verifier}`,
      ];
    } catch (error) {
      expect(error).toMatchObject({ ora: 1017 });
      return [];
    }
  });
}

describe('a rollover', () => {
  test('lets the old and the new password in and says which', () => {
    change('PAIR', { from: ONE, to: TWO });

    expect(accounts.status('PAIR')).toBe('OPEN & IN ROLLOVER');
    expect(accepted('PAIR', [ONE, TWO, WRONG])).toEqual(['one 12C-OLD', 'two 12C']);
  });

  test('keeps the first and the last of three passwords, and refuses the one between', () => {
    change('PAIR', { from: ONE, to: TWO });
    change('PAIR', { from: TWO, to: THREE });

    expect(accepted('PAIR', [ONE, TWO, THREE])).toEqual(['one 12C-OLD', 'three 12C']);
    expect(accounts.refusedLogins('PAIR')).toBe(1);
  });

  test('takes either password as the old one of a further change', () => {
    change('PAIR', { from: ONE, to: TWO });
    change('PAIR', { from: ONE, to: THREE });
    expect(() => {
      change('PAIR', { from: TWO, to: FOUR });
    }).toThrow('ORA-28008');
    expect(accepted('PAIR', [ONE, TWO, THREE])).toEqual(['one 12C-OLD', 'three 12C']);
  });

  test('ends a day after its first change, whatever was changed since', () => {
    change('PAIR', { from: ONE, to: TWO });
    nowMs += 23 * HOUR_MS;
    change('PAIR', { from: TWO, to: THREE });
    nowMs += HOUR_MS - 1;
    expect(accounts.status('PAIR')).toBe('OPEN & IN ROLLOVER');
    nowMs += 1;
    expect(accounts.status('PAIR')).toBe('OPEN');
    expect(accepted('PAIR', [ONE, TWO, THREE])).toEqual(['three 12C']);
  });

  test('that has ended gives way to a new one', () => {
    change('PAIR', { from: ONE, to: TWO });
    nowMs += DAY_MS;
    change('PAIR', { from: TWO, to: THREE });

    expect(accepted('PAIR', [ONE, TWO, THREE])).toEqual(['two 12C-OLD', 'three 12C']);
  });

  test('lasts as long as the profile says now', () => {
    change('PAIR', { from: ONE, to: TWO });
    nowMs += 2 * HOUR_MS;
    accounts.alterProfile('ROLLOVER', { passwordRolloverTime: 3 / 24 });
    expect(accepted('PAIR', [ONE, TWO])).toEqual(['one 12C-OLD', 'two 12C']);
    accounts.alterProfile('ROLLOVER', { passwordRolloverTime: 2 / 24 });
    expect(accepted('PAIR', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('ends when the profile has none any more', () => {
    change('PAIR', { from: ONE, to: TWO });
    accounts.alterProfile('ROLLOVER', { passwordRolloverTime: 0 });
    expect(accepted('PAIR', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('is ended by the user itself, also when there is none', () => {
    accounts.expireRollover('PAIR');
    change('PAIR', { from: ONE, to: TWO });
    accounts.expireRollover('PAIR');

    expect(accounts.status('PAIR')).toBe('OPEN');
    expect(accepted('PAIR', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('does not come of a change that ends it in the same statement', () => {
    const wish = { by: 'PAIR', user: 'PAIR', endsRollover: true };
    change('PAIR', { from: ONE, to: TWO });
    accounts.alterUser({ ...wish, password: THREE, replaced: TWO });

    expect(accepted('PAIR', [ONE, TWO, THREE])).toEqual(['three 12C']);
  });

  test('never comes for an administrative user, whom EXPIRE is refused with ORA-28227', () => {
    const password = ONE;
    accounts.createUser({ name: 'SYSTEM', password, profile: 'ROLLOVER', isAdministrative: true });
    change('SYSTEM', { from: ONE, to: TWO });

    expect(accepted('SYSTEM', [ONE, TWO])).toEqual(['two 12C']);
    expect(() => {
      accounts.expireRollover('SYSTEM');
    }).toThrow('ORA-28227');
    const wish = { by: 'SYSTEM', user: 'SYSTEM', endsRollover: true };
    expect(() => {
      accounts.alterUser({ ...wish, password: THREE, replaced: TWO });
    }).toThrow('ORA-28227');
    expect(accepted('SYSTEM', [TWO, THREE])).toEqual(['two 12C']);
  });

  test('counts the password between towards a lock', () => {
    accounts.alterProfile('ROLLOVER', { failedLoginAttempts: 1 });
    change('PAIR', { from: ONE, to: TWO });
    change('PAIR', { from: TWO, to: THREE });
    expect(accepted('PAIR', [TWO])).toEqual([]);
    expect(accounts.status('PAIR')).toBe('LOCKED(TIMED) & IN ROLLOVER');
  });

  test('is shown beside an expiry', () => {
    change('PAIR', { from: ONE, to: TWO });
    accounts.expirePassword('PAIR');
    accounts.lock('PAIR');
    expect(accounts.status('PAIR')).toBe('EXPIRED & LOCKED & IN ROLLOVER');
  });

  test.each([
    ['less than an hour', { passwordRolloverTime: 0.04 }],
    ['more than 60 days', { passwordRolloverTime: 61, passwordGraceTime: 90 }],
    ['more than the life time', { passwordRolloverTime: 2, passwordLifeTime: 1 }],
    ['more than the grace time', { passwordRolloverTime: 2, passwordGraceTime: 1 }],
  ])('fails to be set up with ORA-02377 for %s', (_, limits) => {
    expect(() => {
      accounts.createProfile('BAD', limits);
    }).toThrow('ORA-02377');
    expect(() => {
      accounts.alterProfile('ROLLOVER', limits);
    }).toThrow('ORA-02377');
  });

  test('may last an hour, or 60 days where there is no grace time', () => {
    accounts.createProfile('SHORT', { passwordRolloverTime: 1 / 24 });
    accounts.createProfile('LONG', { passwordRolloverTime: 60, passwordGraceTime: 0 });
    accounts.createUser({ name: 'SHORT', password: ONE, profile: 'SHORT' });

    expect(accounts.describe('SHORT').limits).toContainEqual({
      RESOURCE_NAME: 'PASSWORD_ROLLOVER_TIME',
      LIMIT: '.0416',
    });
  });
});

describe('a 12c verifier', () => {
  test('of a rollover has the salt of the old password, and one of its own afterwards', () => {
    const real = new Accounts({ now: () => nowMs, makeVerifier: TwelveCVerifier.maker() });
    const salts = (): string[] =>
      real
        .candidates('PAIR')
        .map(({ label, verifier }) => `${label} ${verifier.salt.toString('hex')}`);
    real.createProfile('ROLLOVER', { passwordRolloverTime: 1 });
    real.createUser({ name: 'PAIR', password: ONE, profile: 'ROLLOVER' });
    const salt = real.candidates('PAIR')[0]?.verifier.salt.toString('hex') ?? '';
    real.changePassword({ by: 'PAIR', user: 'PAIR', oldPassword: ONE, newPassword: TWO });

    expect(salts()).toEqual([`12C ${salt}`, `12C-OLD ${salt}`]);
    nowMs += DAY_MS;
    expect(salts()).toHaveLength(1);
    expect(salts()).not.toContain(`12C ${salt}`);
    expect(real.login('PAIR', TWO).verifier).toBe('12C');
    expect(() => real.login('PAIR', ONE)).toThrow('ORA-01017');
  });
});
