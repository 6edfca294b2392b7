import { ConfigurationError, NotPermittedError } from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { DatabaseSession } from '../../lambda/ports/database.ts';
import { FaultPlan } from '../../local/faults.ts';
import { MariadbAccounts } from '../../local/memory/database-mariadb-accounts.ts';
import { runMariadb } from '../../local/memory/database-mariadb-sql.ts';
import { MemoryMariadb } from '../../local/memory/database-mariadb.ts';

const FIRST = 'First_password_01';
const SECOND = 'Second_password_02';
const THIRD = 'Third_password_03';
/** What MariaDB stores for FIRST: PASSWORD('First_password_01') on a real server. */
const FIRST_HASH = '*1AC41BB513774F2AA49DCD50F376FCC921A16436';

let accounts: MariadbAccounts;

beforeEach(() => {
  accounts = new MariadbAccounts({
    users: new Map([['app', FIRST]]),
    superusers: new Map([['master', THIRD]]),
  });
});

function opening(): readonly string[] {
  return [FIRST, SECOND, THIRD].filter((password) => accounts.opens('app', password));
}

describe('the login methods of a MariaDB account in memory', () => {
  const secondHash = '*81847657EFDDAAC2A25091B5AC51E9BC632C6CA8';

  test('are shown as the server shows them', () => {
    const show = "SHOW CREATE USER 'app'@'%'";
    expect(runMariadb(accounts, 'app', show)).toEqual([
      [`CREATE USER \`app\`@\`%\` IDENTIFIED BY PASSWORD '${FIRST_HASH}'`],
    ]);
    accounts.alterUser({ by: 'master', user: 'app', hashes: [secondHash, FIRST_HASH] });
    expect(runMariadb(accounts, 'master', show)).toEqual([
      [
        `CREATE USER \`app\`@\`%\` IDENTIFIED VIA mysql_native_password USING '${secondHash}' ` +
          `OR mysql_native_password USING '${FIRST_HASH}'`,
      ],
    ]);
    expect(opening()).toEqual([FIRST, SECOND]);
  });

  test('SET PASSWORD replaces the first of two and leaves the second', () => {
    const third = new MariadbAccounts({ users: new Map([['app', THIRD]]) });
    const [hash = ''] = third.hashes({ by: 'app', user: 'app' });
    accounts.alterUser({ by: 'master', user: 'app', hashes: [secondHash, FIRST_HASH] });
    runMariadb(accounts, 'app', `SET PASSWORD = '${hash}'`);
    expect(opening()).toEqual([FIRST, THIRD]);
  });

  test.each([
    `ALTER USER 'app'@'%' IDENTIFIED VIA mysql_native_password USING '${FIRST_HASH}'`,
    "ALTER USER 'nobody'@'lockstep.invalid'",
  ])('fails when the user itself is to run %s', (sql) => {
    expect(() => runMariadb(accounts, 'app', sql)).toThrow('you need a privilege');
    expect(opening()).toEqual([FIRST]);
  });

  test('fails when a user looks at another, and when there is none', () => {
    expect(() => runMariadb(accounts, 'app', "SHOW CREATE USER 'master'@'%'")).toThrow('denied');
    expect(() => runMariadb(accounts, 'master', "ALTER USER 'stranger'@'%'")).toThrow('failed');
  });

  test.each([
    "SET PASSWORD = PASSWORD('in clear')",
    "ALTER USER 'app'@'%' IDENTIFIED BY 'in clear'",
    "ALTER USER USER() IDENTIFIED BY 'in clear'",
  ])('fails when it is told %s', (sql) => {
    expect(() => runMariadb(accounts, 'master', sql)).toThrow('error in your SQL syntax');
  });
});

describe('MariaDB in memory', () => {
  async function open(database: MemoryMariadb, password: string): Promise<DatabaseSession> {
    const session = await database.login({ username: 'app', password: new Password(password) });
    if (session === 'refused') throw new Error('the login was refused');
    return session;
  }

  function superuser(password: string): () => Promise<{ username: string; password: Password }> {
    return async () =>
      await Promise.resolve({ username: 'master', password: new Password(password) });
  }

  test('opens the superuser beside the user for two passwords, and closes both', async () => {
    const faults = new FaultPlan();
    const database = new MemoryMariadb({ accounts, faults, superuser: superuser(THIRD) });
    const session = await open(database, FIRST);
    await session.change({ to: new Password(SECOND) });
    expect(database.openSessions).toBe(2);
    expect(faults.calls).toEqual([
      'mariadb:connect',
      'mariadb:logon',
      'mariadb:query:SELECT',
      'mariadb:query:SHOW CREATE',
      'mariadb:connect',
      'mariadb:logon',
      'mariadb:query:ALTER USER',
      'mariadb:query:ALTER USER',
    ]);
    await session.close();
    expect(database.openSessions).toBe(0);
    expect(opening()).toEqual([FIRST, SECOND]);
  });

  test('fails when the superuser is refused, with nothing changed', async () => {
    const database = new MemoryMariadb({ accounts, superuser: superuser(FIRST) });
    const session = await open(database, FIRST);
    await expect(session.rehearse({ to: new Password(SECOND) })).rejects.toThrow(
      ConfigurationError,
    );
    expect(accounts.refusedLogins('master')).toBe(1);
    expect(opening()).toEqual([FIRST]);
  });

  test('fails when two passwords are valid and there is no superuser to end one', async () => {
    const overlapping = new MemoryMariadb({ accounts, superuser: superuser(THIRD) });
    const session = await open(overlapping, FIRST);
    await session.change({ to: new Password(SECOND) });
    await session.close();
    const alone = await open(new MemoryMariadb({ accounts }), SECOND);
    await expect(alone.rehearse({ to: new Password(THIRD) })).rejects.toThrow(NotPermittedError);
    await expect(alone.change({ to: new Password(THIRD) })).rejects.toThrow(NotPermittedError);
    expect(opening()).toEqual([FIRST, SECOND]);
  });
});
