import { dictionaryName } from '../../local/oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../../local/oracle/accounts/verifier.ts';
import {
  AccountsFixture,
  DAY_MS,
  FIVE,
  FOUR,
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

describe('a login', () => {
  test('is accepted with the password', () => {
    expect(accounts.login('APP', ONE)).toEqual({ verifier: '12C' });
    expect(accounts.refusedLogins('APP')).toBe(0);
  });

  test.each([
    ['a wrong password', 'APP', WRONG],
    ['an empty password', 'APP', ''],
    ['a password in another case', 'APP', ONE.toUpperCase()],
    ['a user that does not exist', 'NOBODY', ONE],
    ['a name in another case', 'app', ONE],
  ])('fails with ORA-01017 for %s', (_, user, password) => {
    expect(() => accounts.login(user, password)).toThrow(
      'ORA-01017: invalid username/password; logon denied',
    );
    expect(accounts.refusedLogins(user)).toBe(1);
  });

  test('fails with ORA-01045 without CREATE SESSION, but only with the right password', () => {
    accounts.createUser({ name: 'OWNER', password: ONE, canConnect: false });

    expect(() => accounts.login('OWNER', WRONG)).toThrow('ORA-01017');
    expect(() => accounts.login('OWNER', ONE)).toThrow('ORA-01045');
    expect(accounts.refusedLogins('OWNER')).toBe(2);
  });

  test('can bring a new password along', () => {
    const attempt = { matches: (verifier: PlainVerifier) => verifier.matches(ONE) };

    expect(() => accounts.logon('APP', { ...attempt, newPassword: () => 'short' })).toThrow(
      'ORA-28003',
    );
    expect(fixture.accepted('APP', [ONE, 'short'])).toEqual(['one 12C']);
    accounts.logon('APP', { ...attempt, newPassword: () => TWO });
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });
});

describe('a name', () => {
  test.each([
    ['app', 'APP'],
    [' App ', 'APP'],
    ['"app"', 'app'],
    ['"APP"', 'APP'],
    ['""', '""'],
  ])('%s is %s in the dictionary', (typed, name) => {
    expect(dictionaryName(typed)).toBe(name);
  });
});

describe('a change of password', () => {
  test('takes effect at once, without a rollover unless the profile has one', () => {
    fixture.change('APP', { from: ONE, to: TWO });

    expect(accounts.status('APP')).toBe('OPEN');
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('fails with ORA-28008 when the old password is wrong, which is no refused login', () => {
    expect(() => {
      fixture.change('APP', { from: WRONG, to: TWO });
    }).toThrow('ORA-28008: invalid old password');
    expect(accounts.refusedLogins('APP')).toBe(0);
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['one 12C']);
  });

  test('of somebody else fails with ORA-01031 without the privilege, and needs no old password with it', () => {
    const wish = { user: 'APP', oldPassword: '', newPassword: TWO };

    expect(() => {
      accounts.changePassword({ ...wish, by: 'PAIR' });
    }).toThrow('ORA-01031');
    accounts.changePassword({ ...wish, by: 'BOSS' });
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
    expect(() => {
      accounts.changePassword({ ...wish, by: 'BOSS', user: 'NOBODY' });
    }).toThrow("ORA-01918: user 'NOBODY' does not exist");
  });

  test.each([
    ['Example_Pw0', 'password length less than 12 characters'],
    ['Example_Passw0rd_with_31_chars_', 'password length more than 30 characters'],
    ['example_passw0rd_one', 'password must contain an uppercase letter'],
    ['EXAMPLE_PASSW0RD_ONE', 'password must contain a lowercase letter'],
    ['Example_Password_one', 'password must contain a digit'],
    ['Example_"Passw0rd"', 'password must not contain a double quote'],
    ['Example_0_for_app_too', 'password must not contain the user name'],
  ])('to %s fails with ORA-28003', (password, rule) => {
    expect(() => {
      fixture.change('APP', { from: ONE, to: password });
    }).toThrow(
      new Error(
        `ORA-28003: password verification for the specified password failed\nORA-20000: ${rule}`,
      ),
    );
    expect(fixture.accepted('APP', [ONE])).toEqual(['one 12C']);
  });

  test('takes 12 and 30 characters', () => {
    fixture.change('APP', { from: ONE, to: 'Example_Pw01' });
    fixture.change('APP', { from: 'Example_Pw01', to: 'Example_Passw0rd_with_30_chars' });
    expect(accounts.login('APP', 'Example_Passw0rd_with_30_chars').verifier).toBe('12C');
  });

  test('without a verify function is limited by length alone', () => {
    accounts.createProfile('LAX', { hasVerifyFunction: false });
    accounts.createUser({ name: 'LAX', password: 'x', profile: 'LAX' });

    expect(() => {
      fixture.change('LAX', { from: 'x', to: '' });
    }).toThrow('ORA-00988');
    expect(() => {
      fixture.change('LAX', { from: 'x', to: 'ä'.repeat(513) });
    }).toThrow('ORA-00972');
    fixture.change('LAX', { from: 'x', to: 'ä'.repeat(512) });
    expect(accounts.login('LAX', 'ä'.repeat(512)).verifier).toBe('12C');
  });
});

describe('a password used before', () => {
  test('fails with ORA-28007 while it is the current one', () => {
    expect(() => {
      fixture.change('APP', { from: ONE, to: ONE });
    }).toThrow('ORA-28007: the password cannot be reused');
  });

  test('may come back after four others', () => {
    for (const [from, to] of [
      [ONE, TWO],
      [TWO, THREE],
      [THREE, FOUR],
    ] as const) {
      fixture.nowMs += 2 * DAY_MS;
      fixture.change('APP', { from, to });
    }
    fixture.nowMs += 2 * DAY_MS;
    expect(() => {
      fixture.change('APP', { from: FOUR, to: ONE });
    }).toThrow('ORA-28007');
    fixture.change('APP', { from: FOUR, to: FIVE });
    fixture.change('APP', { from: FIVE, to: ONE });
    expect(fixture.accepted('APP', [ONE, FIVE])).toEqual(['one 12C']);
  });

  test('may not come back within 24 hours of when it was set', () => {
    for (const [from, to] of [
      [ONE, TWO],
      [TWO, THREE],
      [THREE, FOUR],
      [FOUR, FIVE],
    ] as const) {
      fixture.change('APP', { from, to });
    }
    fixture.nowMs += DAY_MS - 1;
    expect(() => {
      fixture.change('APP', { from: FIVE, to: ONE });
    }).toThrow('ORA-28007');
    fixture.nowMs += 1;
    fixture.change('APP', { from: FIVE, to: ONE });
    expect(fixture.accepted('APP', [ONE, FIVE])).toEqual(['one 12C']);
  });
});

describe('ALTER USER', () => {
  const self = { by: 'APP', user: 'APP', endsRollover: false };

  test('fails with ORA-28221 for oneself without REPLACE', () => {
    expect(() => {
      accounts.alterUser({ ...self, password: TWO });
    }).toThrow('ORA-28221: REPLACE not specified');
    accounts.alterUser({ ...self, password: TWO, replaced: ONE });
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('fails with ORA-28008 for oneself when REPLACE names another password', () => {
    expect(() => {
      accounts.alterUser({ ...self, password: TWO, replaced: WRONG });
    }).toThrow('ORA-28008');
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['one 12C']);
  });

  test('needs no REPLACE where no verify function is, or with the privilege', () => {
    accounts.alterUser({ ...self, by: 'BOSS', user: 'BOSS', password: TWO });
    accounts.alterProfile('DEFAULT', { hasVerifyFunction: false });
    accounts.alterUser({ ...self, password: TWO });

    expect(fixture.accepted('BOSS', [ONE, TWO])).toEqual(['two 12C']);
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('of somebody else fails with ORA-01031 without the privilege', () => {
    expect(() => {
      accounts.alterUser({ ...self, user: 'PAIR', password: TWO, replaced: ONE });
    }).toThrow('ORA-01031');
    accounts.alterUser({ ...self, by: 'BOSS', user: 'PAIR', password: TWO, replaced: WRONG });
    expect(fixture.accepted('PAIR', [ONE, TWO])).toEqual(['one 12C-OLD', 'two 12C']);
  });
});

describe('the dictionary', () => {
  test('has the time at which the newest password was set, to the second', () => {
    fixture.nowMs += 1_999;
    fixture.change('PAIR', { from: ONE, to: TWO });
    expect(accounts.describe('PAIR').passwordChangeDate).toEqual(new Date('2026-11-20T12:00:01Z'));
    fixture.nowMs += DAY_MS;
    accounts.expireRollover('PAIR');
    expect(accounts.describe('PAIR').passwordChangeDate).toEqual(new Date('2026-11-20T12:00:01Z'));
  });

  test('lists all users with the time at which each was made', () => {
    const created = new Date('2026-11-20T12:00:00Z');
    expect(accounts.list()).toEqual([
      { name: 'APP', created },
      { name: 'PAIR', created },
      { name: 'BOSS', created },
    ]);
  });
});

test('fails with ORA-02380 for a profile that does not exist', () => {
  expect(() => {
    accounts.createUser({ name: 'LOST', password: ONE, profile: 'NONE' });
  }).toThrow('ORA-02380: profile NONE does not exist');
});
