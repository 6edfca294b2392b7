import { Accounts, dictionaryName } from '../../local/oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../../local/oracle/accounts/verifier.ts';

const DAY_MS = 86_400_000;
const ONE = 'Example_Passw0rd_one';
const TWO = 'Example_Passw0rd_two';
const THREE = 'Example_Passw0rd_three';
const FOUR = 'Example_Passw0rd_four';
const FIVE = 'Example_Passw0rd_five';
const WRONG = 'Example_Passw0rd_wrong';

let nowMs: number;
let accounts: Accounts<PlainVerifier>;

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 20, 12);
  accounts = Accounts.inMemory({ now: () => nowMs });
  accounts.createProfile('ROLLOVER', { passwordRolloverTime: 1 });
  accounts.createUser({ name: 'APP', password: ONE });
  accounts.createUser({ name: 'PAIR', password: ONE, profile: 'ROLLOVER' });
  accounts.createUser({ name: 'BOSS', password: ONE, canAlterUsers: true });
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
    expect(accepted('APP', [ONE, 'short'])).toEqual(['one 12C']);
    accounts.logon('APP', { ...attempt, newPassword: () => TWO });
    expect(accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
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
    change('APP', { from: ONE, to: TWO });

    expect(accounts.status('APP')).toBe('OPEN');
    expect(accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('fails with ORA-28008 when the old password is wrong, which is no refused login', () => {
    expect(() => {
      change('APP', { from: WRONG, to: TWO });
    }).toThrow('ORA-28008: invalid old password');
    expect(accounts.refusedLogins('APP')).toBe(0);
    expect(accepted('APP', [ONE, TWO])).toEqual(['one 12C']);
  });

  test('of somebody else fails with ORA-01031 without the privilege, and needs no old password with it', () => {
    const wish = { user: 'APP', oldPassword: '', newPassword: TWO };

    expect(() => {
      accounts.changePassword({ ...wish, by: 'PAIR' });
    }).toThrow('ORA-01031');
    accounts.changePassword({ ...wish, by: 'BOSS' });
    expect(accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
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
      change('APP', { from: ONE, to: password });
    }).toThrow(
      new Error(
        `ORA-28003: password verification for the specified password failed\nORA-20000: ${rule}`,
      ),
    );
    expect(accepted('APP', [ONE])).toEqual(['one 12C']);
  });

  test('takes 12 and 30 characters', () => {
    change('APP', { from: ONE, to: 'Example_Pw01' });
    change('APP', { from: 'Example_Pw01', to: 'Example_Passw0rd_with_30_chars' });
    expect(accounts.login('APP', 'Example_Passw0rd_with_30_chars').verifier).toBe('12C');
  });

  test('without a verify function is limited by length alone', () => {
    accounts.createProfile('LAX', { hasVerifyFunction: false });
    accounts.createUser({ name: 'LAX', password: 'x', profile: 'LAX' });

    expect(() => {
      change('LAX', { from: 'x', to: '' });
    }).toThrow('ORA-00988');
    expect(() => {
      change('LAX', { from: 'x', to: 'ä'.repeat(513) });
    }).toThrow('ORA-00972');
    change('LAX', { from: 'x', to: 'ä'.repeat(512) });
    expect(accounts.login('LAX', 'ä'.repeat(512)).verifier).toBe('12C');
  });
});

describe('a password used before', () => {
  test('fails with ORA-28007 while it is the current one', () => {
    expect(() => {
      change('APP', { from: ONE, to: ONE });
    }).toThrow('ORA-28007: the password cannot be reused');
  });

  test('may come back after four others', () => {
    for (const [from, to] of [
      [ONE, TWO],
      [TWO, THREE],
      [THREE, FOUR],
    ] as const) {
      nowMs += 2 * DAY_MS;
      change('APP', { from, to });
    }
    nowMs += 2 * DAY_MS;
    expect(() => {
      change('APP', { from: FOUR, to: ONE });
    }).toThrow('ORA-28007');
    change('APP', { from: FOUR, to: FIVE });
    change('APP', { from: FIVE, to: ONE });
    expect(accepted('APP', [ONE, FIVE])).toEqual(['one 12C']);
  });

  test('may not come back within 24 hours of when it was set', () => {
    for (const [from, to] of [
      [ONE, TWO],
      [TWO, THREE],
      [THREE, FOUR],
      [FOUR, FIVE],
    ] as const) {
      change('APP', { from, to });
    }
    nowMs += DAY_MS - 1;
    expect(() => {
      change('APP', { from: FIVE, to: ONE });
    }).toThrow('ORA-28007');
    nowMs += 1;
    change('APP', { from: FIVE, to: ONE });
    expect(accepted('APP', [ONE, FIVE])).toEqual(['one 12C']);
  });
});

describe('ALTER USER', () => {
  const self = { by: 'APP', user: 'APP', endsRollover: false };

  test('fails with ORA-28221 for oneself without REPLACE', () => {
    expect(() => {
      accounts.alterUser({ ...self, password: TWO });
    }).toThrow('ORA-28221: REPLACE not specified');
    accounts.alterUser({ ...self, password: TWO, replaced: ONE });
    expect(accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('fails with ORA-28008 for oneself when REPLACE names another password', () => {
    expect(() => {
      accounts.alterUser({ ...self, password: TWO, replaced: WRONG });
    }).toThrow('ORA-28008');
    expect(accepted('APP', [ONE, TWO])).toEqual(['one 12C']);
  });

  test('needs no REPLACE where no verify function is, or with the privilege', () => {
    accounts.alterUser({ ...self, by: 'BOSS', user: 'BOSS', password: TWO });
    accounts.alterProfile('DEFAULT', { hasVerifyFunction: false });
    accounts.alterUser({ ...self, password: TWO });

    expect(accepted('BOSS', [ONE, TWO])).toEqual(['two 12C']);
    expect(accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('of somebody else fails with ORA-01031 without the privilege', () => {
    expect(() => {
      accounts.alterUser({ ...self, user: 'PAIR', password: TWO, replaced: ONE });
    }).toThrow('ORA-01031');
    accounts.alterUser({ ...self, by: 'BOSS', user: 'PAIR', password: TWO, replaced: WRONG });
    expect(accepted('PAIR', [ONE, TWO])).toEqual(['one 12C-OLD', 'two 12C']);
  });
});

test('fails with ORA-02380 for a profile that does not exist', () => {
  expect(() => {
    accounts.createUser({ name: 'LOST', password: ONE, profile: 'NONE' });
  }).toThrow('ORA-02380: profile NONE does not exist');
});
