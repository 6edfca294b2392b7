import {
  DatabaseError,
  DatabaseUnreachableError,
  NotPermittedError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { DatabaseSession } from '../../lambda/ports/database.ts';
import { FaultPlan } from '../../local/faults.ts';
import {
  MysqlAccounts,
  type MysqlAccountsOptions,
  type UserAlteration,
} from '../../local/memory/database-mysql-accounts.ts';
import { runMysql } from '../../local/memory/database-mysql-sql.ts';
import { MemoryMysql } from '../../local/memory/database-mysql.ts';

const FIRST = 'First_password_01';
const SECOND = 'Second_password_02';
const THIRD = 'Third_password_03';
const FOURTH = 'Fourth_password_04';

function make(options: Partial<MysqlAccountsOptions> = {}): MysqlAccounts {
  return new MysqlAccounts({
    users: new Map([['app', FIRST]]),
    superusers: new Map([['master', FIRST]]),
    ...options,
  });
}

/** The passwords that open the account. */
function opening(accounts: MysqlAccounts): readonly string[] {
  return [FIRST, SECOND, THIRD, FOURTH].filter((password) => accounts.opens('app', password));
}

/** The number of the error that a statement of the user itself ends in. */
function errnoOf(
  accounts: MysqlAccounts,
  alteration: Omit<UserAlteration, 'by' | 'user'>,
): unknown {
  try {
    accounts.alterUser({ by: 'app', user: 'app', ...alteration });
  } catch (error) {
    return (error as { errno: unknown }).errno;
  }
  return undefined;
}

/** As the tests of test/mysql show it on a real server. */
describe('the two passwords of a MySQL account in memory', () => {
  const retain = (accounts: MysqlAccounts, password: string): void => {
    accounts.alterUser({ by: 'app', user: 'app', password, retains: true });
  };

  test('RETAIN keeps the old password beside the new one', () => {
    const accounts = make();
    retain(accounts, SECOND);
    expect(opening(accounts)).toEqual([FIRST, SECOND]);
  });

  test('the same RETAIN again loses the old password', () => {
    const accounts = make();
    retain(accounts, SECOND);
    retain(accounts, SECOND);
    expect(opening(accounts)).toEqual([SECOND]);
  });

  test('a further RETAIN keeps the primary password, whoever asks', () => {
    const accounts = make();
    retain(accounts, SECOND);
    retain(accounts, THIRD);
    expect(opening(accounts)).toEqual([SECOND, THIRD]);
  });

  test('a change without RETAIN leaves the old password', () => {
    const accounts = make();
    retain(accounts, SECOND);
    accounts.alterUser({ by: 'app', user: 'app', password: THIRD });
    accounts.alterUser({ by: 'master', user: 'app', password: FOURTH });
    expect(opening(accounts)).toEqual([FIRST, FOURTH]);
  });

  test('fails when REPLACE names another password than the primary one, and changes nothing', () => {
    const accounts = make();
    retain(accounts, SECOND);
    expect(errnoOf(accounts, { password: THIRD, replaced: FIRST, retains: true })).toBe(3891);
    expect(errnoOf(accounts, { password: THIRD, replaced: FIRST })).toBe(3891);
    expect(errnoOf(accounts, { password: SECOND, replaced: SECOND })).toBeUndefined();
    expect(opening(accounts)).toEqual([FIRST, SECOND]);
  });

  test('DISCARD ends the old password, and may be said again', () => {
    const accounts = make();
    retain(accounts, SECOND);
    accounts.discardOldPassword({ by: 'app', user: 'app' });
    accounts.discardOldPassword({ by: 'master', user: 'app' });
    expect(opening(accounts)).toEqual([SECOND]);
  });

  test('fails when the user may not keep a password; the one it has kept stays', () => {
    const accounts = make();
    retain(accounts, SECOND);
    accounts.allowRetain(false);
    expect(errnoOf(accounts, { password: THIRD, retains: true })).toBe(1227);
    expect(() => {
      accounts.discardOldPassword({ by: 'app', user: 'app' });
    }).toThrow('Access denied');
    expect(errnoOf(accounts, { password: THIRD, replaced: SECOND })).toBeUndefined();
    expect(opening(accounts)).toEqual([FIRST, THIRD]);
  });

  test('fails when a password of the history comes back, also by a superuser', () => {
    const accounts = make({ passwordHistory: 2 });
    expect(errnoOf(accounts, { password: FIRST })).toBe(3638);
    expect(errnoOf(accounts, { password: SECOND })).toBeUndefined();
    expect(errnoOf(accounts, { password: FIRST })).toBe(3638);
    expect(() => {
      accounts.alterUser({ by: 'master', user: 'app', password: FIRST });
    }).toThrow('history');
    expect(errnoOf(accounts, { password: THIRD })).toBeUndefined();
    expect(errnoOf(accounts, { password: FIRST })).toBeUndefined();
    expect(opening(accounts)).toEqual([FIRST]);
  });

  test('fails when the old password must be said and is not, except for superusers', () => {
    const accounts = make({ requiresCurrent: true });
    expect(errnoOf(accounts, { password: SECOND })).toBe(3892);
    accounts.alterUser({ by: 'master', user: 'app', password: SECOND });
    expect(() => {
      accounts.alterUser({ by: 'master', user: 'app', password: THIRD, replaced: SECOND });
    }).toThrow('for other users');
    expect(opening(accounts)).toEqual([SECOND]);
  });

  test('of several reasons to refuse a change the privilege comes first, REPLACE last', () => {
    const isStrong = (password: string): boolean => password !== 'weak';
    const accounts = make({ passwordHistory: 1, acceptsByPolicy: isStrong, mayRetain: false });
    const wrong = { replaced: SECOND };
    expect(errnoOf(accounts, { ...wrong, password: 'weak', retains: true })).toBe(1227);
    expect(errnoOf(accounts, { ...wrong, password: 'weak' })).toBe(1819);
    expect(errnoOf(accounts, { ...wrong, password: FIRST })).toBe(3638);
    expect(errnoOf(accounts, { ...wrong, password: THIRD })).toBe(3891);
  });
});

describe('the statements of MySQL in memory', () => {
  test('take a password with quotes and backslashes as it is', () => {
    const accounts = make();
    runMysql(accounts, 'app', String.raw`ALTER USER USER() IDENTIFIED BY 'it''s \\ a "test"'`);
    expect(accounts.opens('app', String.raw`it's \ a "test"`)).toBe(true);
  });

  test.each([
    'ALTER USER USER() IDENTIFIED BY',
    "ALTER USER USER() IDENTIFIED BY 'one' RETAIN CURRENT NONSENSE",
    "ALTER USER USER() IDENTIFIED BY 'one' DISCARD OLD PASSWORD",
    "ALTER USER USER() IDENTIFIED BY 'one'; DROP USER 'app'@'%'",
    'DROP DATABASE orders',
  ])('fails when it is told %s', (sql) => {
    expect(() => runMysql(make(), 'app', sql)).toThrow('error in your SQL syntax');
  });

  test('fails when a user looks for the accounts of others', () => {
    const sql = "SELECT Host FROM mysql.user WHERE User = 'app' ORDER BY Host";
    expect(() => runMysql(make(), 'app', sql)).toThrow('denied');
    expect(runMysql(make(), 'master', sql)).toEqual([['%']]);
  });
});

describe('MySQL in memory', () => {
  async function open(database: MemoryMysql, password: string): Promise<DatabaseSession> {
    const session = await database.login({ username: 'app', password: new Password(password) });
    if (session === 'refused') throw new Error('the login was refused');
    return session;
  }

  test('names its calls as the wire would', async () => {
    const faults = new FaultPlan();
    const session = await open(new MemoryMysql({ accounts: make(), faults }), FIRST);
    await session.check();
    await session.change({ to: new Password(SECOND) });
    await session.close();
    expect(faults.calls).toEqual([
      'mysql:connect',
      'mysql:logon',
      'mysql:query:SELECT',
      'mysql:query:ALTER USER',
    ]);
  });

  test('says nothing of two passwords where the history forbids to ask', async () => {
    const accounts = make({ passwordHistory: 3 });
    const database = new MemoryMysql({ accounts });
    const session = await open(database, FIRST);
    await session.change({ to: new Password(SECOND) });
    await expect(session.rehearse({ to: new Password(SECOND) })).rejects.toThrow(
      PasswordPolicyError,
    );
    await expect(session.change({ to: new Password(SECOND) })).rejects.toThrow(PasswordPolicyError);
    await session.close();
    expect(opening(accounts)).toEqual([FIRST, SECOND]);
  });

  test.each([
    ['1040', DatabaseUnreachableError],
    ['1053', DatabaseUnreachableError],
    ['1142', NotPermittedError],
    ['1064', DatabaseError],
  ])('refuses a call as the plan names it: error %s', async (code, kind) => {
    const faults = new FaultPlan();
    const session = await open(new MemoryMysql({ accounts: make(), faults }), FIRST);
    faults.add({ call: 'mysql:query:SELECT', fault: { kind: 'refuse', code } });
    await expect(session.check()).rejects.toThrow(kind);
  });

  test.each(['throttle', 'loseRequest', 'loseReply', 'cut', 'hang'] as const)(
    'fails when the server does not answer to a login: %s',
    async (kind) => {
      const accounts = make();
      const faults = new FaultPlan().add({ call: 'mysql:logon', fault: { kind } });
      await expect(open(new MemoryMysql({ accounts, faults }), FIRST)).rejects.toThrow(
        DatabaseUnreachableError,
      );
      expect(accounts.refusedLogins('app')).toBe(0);
    },
  );
});
