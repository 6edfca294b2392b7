import { AccountsFixture, DAY_MS, ONE, TWO, WRONG } from './oracle-accounts-fixture.ts';

let fixture: AccountsFixture;
let accounts: AccountsFixture['accounts'];

beforeEach(() => {
  fixture = new AccountsFixture();
  ({ accounts } = fixture);
});

describe('a lock', () => {
  beforeEach(() => {
    accounts.createProfile('STRICT', { failedLoginAttempts: 2, passwordLockTime: 1 });
    accounts.createUser({ name: 'FRAIL', password: ONE, profile: 'STRICT' });
  });

  test('comes with the last failure allowed and refuses every password with ORA-28000', () => {
    expect(() => accounts.login('FRAIL', WRONG)).toThrow('ORA-01017');
    expect(accounts.status('FRAIL')).toBe('OPEN');
    expect(() => accounts.login('FRAIL', WRONG)).toThrow('ORA-01017');
    expect(accounts.status('FRAIL')).toBe('LOCKED(TIMED)');
    expect(() => accounts.login('FRAIL', ONE)).toThrow('ORA-28000: the account is locked');
    expect(() => accounts.login('FRAIL', WRONG)).toThrow('ORA-28000');
    expect(accounts.refusedLogins('FRAIL')).toBe(4);
  });

  test('does not come when a login succeeds in between', () => {
    expect(fixture.accepted('FRAIL', [WRONG, ONE, WRONG, ONE])).toEqual(['one 12C', 'one 12C']);
    expect(accounts.refusedLogins('FRAIL')).toBe(2);
  });

  test('ends after the lock time', () => {
    fixture.accepted('FRAIL', [WRONG, WRONG]);
    fixture.nowMs += DAY_MS - 1;
    expect(() => accounts.login('FRAIL', ONE)).toThrow('ORA-28000');
    fixture.nowMs += 1;
    expect(accounts.status('FRAIL')).toBe('OPEN');
    expect(fixture.accepted('FRAIL', [WRONG, ONE])).toEqual(['one 12C']);
  });

  test('ends when an administrator unlocks the account', () => {
    fixture.accepted('FRAIL', [WRONG, WRONG]);
    accounts.unlock('FRAIL');
    expect(fixture.accepted('FRAIL', [WRONG, ONE])).toEqual(['one 12C']);
  });

  test('by an administrator never ends by itself', () => {
    accounts.lock('FRAIL');
    fixture.nowMs += 30 * DAY_MS;
    expect(accounts.status('FRAIL')).toBe('LOCKED');
    expect(accounts.describe('FRAIL').lockDate).toEqual(new Date('2026-11-20T12:00:00Z'));
    expect(() => accounts.login('FRAIL', ONE)).toThrow('ORA-28000');
  });

  test('comes after ten failures by default', () => {
    fixture.accepted('APP', Array<string>(9).fill(WRONG));
    expect(accounts.status('APP')).toBe('OPEN');
    fixture.accepted('APP', [WRONG]);
    expect(accounts.status('APP')).toBe('LOCKED(TIMED)');
  });
});

describe('an expired password', () => {
  test('is refused with ORA-28001, a wrong one still with ORA-01017', () => {
    accounts.expirePassword('APP');

    expect(accounts.status('APP')).toBe('EXPIRED');
    expect(() => accounts.login('APP', ONE)).toThrow('ORA-28001: the password has expired');
    expect(() => accounts.login('APP', WRONG)).toThrow('ORA-01017');
  });

  test('can be changed in the login itself', () => {
    accounts.expirePassword('APP');
    accounts.logon('APP', { matches: (verifier) => verifier.matches(ONE), newPassword: () => TWO });

    expect(accounts.status('APP')).toBe('OPEN');
    expect(fixture.accepted('APP', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('leaves no rollover when it is changed', () => {
    accounts.expirePassword('PAIR');
    accounts.logon('PAIR', {
      matches: (verifier) => verifier.matches(ONE),
      newPassword: () => TWO,
    });

    expect(accounts.status('PAIR')).toBe('OPEN');
    expect(fixture.accepted('PAIR', [ONE, TWO])).toEqual(['two 12C']);
  });

  test('comes with age, after a grace time that begins with the first login', () => {
    fixture.nowMs += 360 * DAY_MS - 1;
    expect(accounts.login('APP', ONE)).toEqual({ verifier: '12C' });
    fixture.nowMs += 5 * DAY_MS;
    expect(accounts.status('APP')).toBe('OPEN');
    expect(accounts.login('APP', ONE).warning?.message).toBe(
      'ORA-28002: the password will expire within 30 days',
    );
    expect(accounts.status('APP')).toBe('EXPIRED(GRACE)');
    fixture.nowMs += 29 * DAY_MS;
    expect(accounts.login('APP', ONE).warning?.message).toContain('within 1 days');
    fixture.nowMs += DAY_MS;
    expect(() => accounts.login('APP', ONE)).toThrow('ORA-28001');
    expect(accounts.status('APP')).toBe('EXPIRED');
  });

  test('is forgotten once it is changed', () => {
    fixture.nowMs += 360 * DAY_MS;
    accounts.login('APP', ONE);
    accounts.changePassword({ by: 'APP', user: 'APP', oldPassword: ONE, newPassword: TWO });

    expect(accounts.status('APP')).toBe('OPEN');
    expect(accounts.login('APP', TWO)).toEqual({ verifier: '12C' });
    fixture.nowMs += 31 * DAY_MS;
    expect(accounts.login('APP', TWO)).toEqual({ verifier: '12C' });
  });

  test('has its date in the dictionary', () => {
    expect(accounts.describe('APP').expiryDate).toEqual(new Date('2027-11-15T12:00:00Z'));
    accounts.alterProfile('DEFAULT', { passwordLifeTime: Infinity });
    expect(accounts.describe('APP').expiryDate).toBeUndefined();
  });
});
