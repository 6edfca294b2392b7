import { describeWithServer, MysqlBench } from './mysql-server-bench.ts';

const FIRST = 'first-example';
const SECOND = 'second-example';
const THIRD = 'third-example';
const FOURTH = 'fourth-example';
const ALL = [FIRST, SECOND, THIRD, FOURTH];

await describeWithServer('mysql', 'the two passwords of a MySQL account', () => {
  let bench: MysqlBench;
  let user: string;
  let usersMade = 0;

  beforeAll(async () => {
    bench = await MysqlBench.start('mysql');
  });

  afterAll(async () => {
    await bench.close();
  });

  beforeEach(async () => {
    usersMade += 1;
    user = `app${usersMade}`;
    await bench.server.createUser({ name: user, password: FIRST });
    await bench.server.query(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO '${user}'@'%'`);
  });

  /** Logs in with the one password and gives itself the other, with what else the statement says. */
  async function change(login: string, password: string, clauses: string): Promise<void> {
    await bench.runAs(
      user,
      login,
      `ALTER USER USER() IDENTIFIED BY '${password}' ${clauses}`.trimEnd(),
    );
  }

  test('RETAIN keeps the old password beside the new one', async () => {
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
  });

  test('the same RETAIN again loses the old password', async () => {
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    await change(SECOND, SECOND, 'RETAIN CURRENT PASSWORD');
    expect(await bench.accepted(user, ALL)).toEqual([SECOND]);
  });

  test('RETAIN by a session of the old password loses that password', async () => {
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    await change(FIRST, THIRD, 'RETAIN CURRENT PASSWORD');
    expect(await bench.accepted(user, ALL)).toEqual([SECOND, THIRD]);
  });

  test('a change without RETAIN replaces the new password and leaves the old one', async () => {
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    await change(FIRST, THIRD, '');
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, THIRD]);
  });

  test('REPLACE names the password that it replaces', async () => {
    await change(FIRST, SECOND, `REPLACE '${FIRST}' RETAIN CURRENT PASSWORD`);
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
  });

  test('fails when REPLACE names another password than the newest, and changes nothing', async () => {
    await change(FIRST, SECOND, `REPLACE '${FIRST}' RETAIN CURRENT PASSWORD`);
    const again = change(FIRST, SECOND, `REPLACE '${FIRST}' RETAIN CURRENT PASSWORD`);
    await expect(again).rejects.toMatchObject({ errno: 3891 });
    const other = change(FIRST, THIRD, `REPLACE '${FIRST}' RETAIN CURRENT PASSWORD`);
    await expect(other).rejects.toMatchObject({ errno: 3891 });
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
    expect(bench.server.refusedLogins(user)).toBe(2);
  });

  test('an abandoned newest password gives way to another, and the old one stays', async () => {
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    await change(SECOND, THIRD, 'RETAIN CURRENT PASSWORD');
    await change(SECOND, FOURTH, '');
    expect(await bench.accepted(user, ALL)).toEqual([SECOND, FOURTH]);
  });

  test('REPLACE of a password by itself says that it is the newest, and keeps the old one', async () => {
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    await change(SECOND, SECOND, `REPLACE '${SECOND}'`);
    await expect(change(SECOND, FIRST, `REPLACE '${FIRST}'`)).rejects.toMatchObject({
      errno: 3891,
    });
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
  });

  test('DISCARD ends the old password, and may be said again', async () => {
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    await bench.runAs(user, SECOND, 'ALTER USER USER() DISCARD OLD PASSWORD');
    await bench.runAs(user, SECOND, 'ALTER USER USER() DISCARD OLD PASSWORD');
    expect(await bench.accepted(user, ALL)).toEqual([SECOND]);
  });

  test('fails when DISCARD comes with a new password', async () => {
    const both = change(FIRST, SECOND, 'DISCARD OLD PASSWORD');
    await expect(both).rejects.toMatchObject({ errno: 1064 });
    expect(await bench.accepted(user, ALL)).toEqual([FIRST]);
  });

  test('fails when an empty password is to retain another', async () => {
    await expect(change(FIRST, '', 'RETAIN CURRENT PASSWORD')).rejects.toMatchObject({
      errno: 3895,
    });
    expect(await bench.accepted(user, ALL)).toEqual([FIRST]);
  });

  test('fails when another plugin is to retain a password', async () => {
    const change = bench.server.query(
      `ALTER USER '${user}'@'%' IDENTIFIED WITH sha256_password BY '${SECOND}' RETAIN CURRENT PASSWORD`,
    );
    await expect(change).rejects.toMatchObject({ errno: 3894 });
    expect(await bench.accepted(user, ALL)).toEqual([FIRST]);
  });

  test('fails when the account may not retain, until it is granted to its open session', async () => {
    const revoke = `REVOKE APPLICATION_PASSWORD_ADMIN ON *.* FROM '${user}'@'%'`;
    await bench.server.query(revoke);
    const connection = await bench.connect({ user, password: FIRST });
    try {
      const retain = `ALTER USER USER() IDENTIFIED BY '${SECOND}' RETAIN CURRENT PASSWORD`;
      await expect(connection.query(retain)).rejects.toMatchObject({ errno: 1227 });
      const discard = 'ALTER USER USER() DISCARD OLD PASSWORD';
      await expect(connection.query(discard)).rejects.toMatchObject({ errno: 1227 });
      expect(await bench.accepted(user, ALL)).toEqual([FIRST]);
      await bench.server.query(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO '${user}'@'%'`);
      await connection.query(retain);
    } finally {
      await connection.end();
    }
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
  });

  test('an account changes its password without any privilege', async () => {
    await bench.server.query(`REVOKE APPLICATION_PASSWORD_ADMIN ON *.* FROM '${user}'@'%'`);
    await change(FIRST, SECOND, '');
    expect(await bench.accepted(user, ALL)).toEqual([SECOND]);
  });

  test('an administrator sees that there is an old password, and not what it is', async () => {
    const sql =
      "SELECT JSON_CONTAINS_PATH(COALESCE(User_attributes, '{}'), 'one', '$.additional_password') " +
      `AS has_old FROM mysql.user WHERE User = '${user}'`;
    expect(await bench.server.query(sql)).toEqual([{ has_old: 0 }]);
    await change(FIRST, SECOND, 'RETAIN CURRENT PASSWORD');
    expect(await bench.server.query(sql)).toEqual([{ has_old: 1 }]);
  });

  test('ALTER USER commits the transaction that it is in', async () => {
    const connection = await bench.connect({ user, password: FIRST });
    try {
      await connection.query('START TRANSACTION');
      await connection.query(`ALTER USER USER() IDENTIFIED BY '${SECOND}' RETAIN CURRENT PASSWORD`);
      await connection.query('ROLLBACK');
    } finally {
      await connection.end();
    }
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
  });

  test('no password is in a log, whether its statement can be read or not', async () => {
    await change(FIRST, 'logged-example', `REPLACE '${FIRST}' RETAIN CURRENT PASSWORD`);
    const broken = change('logged-example', 'broken-example', 'RETAIN CURRENT NONSENSE');
    await expect(broken).rejects.toMatchObject({ errno: 1064 });
    const logs = bench.server.generalLog() + bench.server.log();
    expect(logs).toContain(
      `ALTER USER '${user}'@'%' IDENTIFIED BY <secret> REPLACE <secret> RETAIN CURRENT PASSWORD`,
    );
    expect(logs).not.toContain('-example');
  });
});
