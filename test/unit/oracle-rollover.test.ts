import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import {
  AccountsFixture,
  DAY_MS,
  FOUR,
  HOUR_MS,
  ONE,
  THREE,
  TWO,
  WRONG,
} from './oracle-accounts-fixture.ts';

let fixture: AccountsFixture;
let accounts: AccountsFixture['accounts'];

beforeEach(() => {
  fixture = new AccountsFixture();
  ({ accounts } = fixture);
});

describe('a rollover', () => {
  test('lets the old and the new password in and says which', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });

    expect(accounts.status('PAIR')).toBe('OPEN & IN ROLLOVER');
    expect(fixture.accepted('PAIR', [ONE, TWO, WRONG])).toEqual(['one 12C-OLD', 'two 12C']);
  });

  test('keeps the first and the last of three passwords, and refuses the one between', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });
    fixture.change('PAIR', { from: TWO, to: THREE });

    expect(fixture.accepted('PAIR', [ONE, TWO, THREE])).toEqual(['one 12C-OLD', 'three 12C']);
    expect(accounts.refusedLogins('PAIR')).toBe(1);
  });

  test('takes either password as the old one of a further change', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });
    fixture.change('PAIR', { from: ONE, to: THREE });
    expect(() => {
      fixture.change('PAIR', { from: TWO, to: FOUR });
    }).toThrow('ORA-28008');
    expect(fixture.accepted('PAIR', [ONE, TWO, THREE])).toEqual(['one 12C-OLD', 'three 12C']);
  });

  test('ends a day after its first change, whatever was changed since', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });
    fixture.nowMs += 23 * HOUR_MS;
    fixture.change('PAIR', { from: TWO, to: THREE });
    fixture.nowMs += HOUR_MS - 1;
    expect(accounts.status('PAIR')).toBe('OPEN & IN ROLLOVER');
    fixture.nowMs += 1;
    expect(accounts.status('PAIR')).toBe('OPEN');
    expect(fixture.accepted('PAIR', [ONE, TWO, THREE])).toEqual(['three 12C']);
  });

  test('that has ended gives way to a new one', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });
    fixture.nowMs += DAY_MS;
    fixture.change('PAIR', { from: TWO, to: THREE });

    expect(fixture.accepted('PAIR', [ONE, TWO, THREE])).toEqual(['two 12C-OLD', 'three 12C']);
  });

  test('lasts as long as the profile says now', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });
    fixture.nowMs += 2 * HOUR_MS;
    accounts.alterProfile('ROLLOVER', { passwordRolloverTime: 3 / 24 });
    expect(fixture.accepted('PAIR', [ONE, TWO])).toEqual(['one 12C-OLD', 'two 12C']);
    accounts.alterProfile('ROLLOVER', { passwordRolloverTime: 2 / 24 });
    expect(fixture.accepted('PAIR', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('ends when the profile has none any more', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });
    accounts.alterProfile('ROLLOVER', { passwordRolloverTime: 0 });
    expect(fixture.accepted('PAIR', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('is ended by the user itself, also when there is none', () => {
    accounts.expireRollover('PAIR');
    fixture.change('PAIR', { from: ONE, to: TWO });
    accounts.expireRollover('PAIR');

    expect(accounts.status('PAIR')).toBe('OPEN');
    expect(fixture.accepted('PAIR', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('does not come of a change that ends it in the same statement', () => {
    const wish = { by: 'PAIR', user: 'PAIR', endsRollover: true };
    fixture.change('PAIR', { from: ONE, to: TWO });
    accounts.alterUser({ ...wish, password: THREE, replaced: TWO });

    expect(fixture.accepted('PAIR', [ONE, TWO, THREE])).toEqual(['three 12C']);
  });

  test('never comes for an administrative user, whom EXPIRE is refused with ORA-28227', () => {
    const password = ONE;
    accounts.createUser({ name: 'SYSTEM', password, profile: 'ROLLOVER', isAdministrative: true });
    fixture.change('SYSTEM', { from: ONE, to: TWO });

    expect(fixture.accepted('SYSTEM', [ONE, TWO])).toEqual(['two 12C']);
    expect(() => {
      accounts.expireRollover('SYSTEM');
    }).toThrow('ORA-28227');
    const wish = { by: 'SYSTEM', user: 'SYSTEM', endsRollover: true };
    expect(() => {
      accounts.alterUser({ ...wish, password: THREE, replaced: TWO });
    }).toThrow('ORA-28227');
    expect(fixture.accepted('SYSTEM', [TWO, THREE])).toEqual(['two 12C']);
  });

  test('counts the password between towards a lock', () => {
    accounts.alterProfile('ROLLOVER', { failedLoginAttempts: 1 });
    fixture.change('PAIR', { from: ONE, to: TWO });
    fixture.change('PAIR', { from: TWO, to: THREE });
    expect(fixture.accepted('PAIR', [TWO])).toEqual([]);
    expect(accounts.status('PAIR')).toBe('LOCKED(TIMED) & IN ROLLOVER');
  });

  test('is shown beside an expiry', () => {
    fixture.change('PAIR', { from: ONE, to: TWO });
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
    const real = new Accounts({ now: () => fixture.nowMs, makeVerifier: TwelveCVerifier.maker() });
    const salts = (): string[] =>
      real
        .candidates('PAIR')
        .map(({ label, verifier }) => `${label} ${verifier.salt.toString('hex')}`);
    real.createProfile('ROLLOVER', { passwordRolloverTime: 1 });
    real.createUser({ name: 'PAIR', password: ONE, profile: 'ROLLOVER' });
    const salt = real.candidates('PAIR')[0]?.verifier.salt.toString('hex') ?? '';
    real.changePassword({ by: 'PAIR', user: 'PAIR', oldPassword: ONE, newPassword: TWO });

    expect(salts()).toEqual([`12C ${salt}`, `12C-OLD ${salt}`]);
    fixture.nowMs += DAY_MS;
    expect(salts()).toHaveLength(1);
    expect(salts()).not.toContain(`12C ${salt}`);
    expect(real.login('PAIR', TWO).verifier).toBe('12C');
    expect(() => real.login('PAIR', ONE)).toThrow('ORA-01017');
  });
});
