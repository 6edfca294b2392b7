import { describeWithServer, MysqlBench } from './mysql-server-bench.ts';

const FIRST = 'first-example';
const SECOND = 'second-example';
const THIRD = 'third-example';
const ALL = [FIRST, SECOND, THIRD];
// What MariaDB keeps of them: a star, and SHA-1 of SHA-1 in hexadecimal.
const FIRST_HASH = '*CE48A6763913E3A87BEADCB19358DF4BFBF208B2';
const SECOND_HASH = '*1439AFF223702FE1D2AB227E0E8953947DAAD541';
const THIRD_HASH = '*AE20EDDDF9D062F0DF9F2206487114895BBDD4C8';

await describeWithServer('mariadb', 'the two methods of a MariaDB account', () => {
  let bench: MysqlBench;
  let user: string;
  let usersMade = 0;

  beforeAll(async () => {
    bench = await MysqlBench.start('mariadb');
  });

  afterAll(async () => {
    await bench.close();
  });

  beforeEach(async () => {
    usersMade += 1;
    user = `app${usersMade}`;
    await bench.server.createUser({ name: user, password: FIRST });
  });

  async function identifyVia(...hashes: string[]): Promise<void> {
    const methods = hashes.map((hash) => `mysql_native_password USING '${hash}'`).join(' OR ');
    await bench.server.query(`ALTER USER '${user}'@'%' IDENTIFIED VIA ${methods}`);
  }

  test('two methods let both passwords in, and may be said again', async () => {
    await identifyVia(SECOND_HASH, FIRST_HASH);
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
    await identifyVia(SECOND_HASH, FIRST_HASH);
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, SECOND]);
  });

  test('the next two methods end the oldest password', async () => {
    await identifyVia(SECOND_HASH, FIRST_HASH);
    await identifyVia(THIRD_HASH, SECOND_HASH);
    expect(await bench.accepted(user, ALL)).toEqual([SECOND, THIRD]);
  });

  test('one method ends the old password', async () => {
    await identifyVia(SECOND_HASH, FIRST_HASH);
    await identifyVia(SECOND_HASH);
    expect(await bench.accepted(user, ALL)).toEqual([SECOND]);
  });

  test('two methods leave what else the account requires', async () => {
    await bench.server.query(`ALTER USER '${user}'@'%' REQUIRE SSL WITH MAX_USER_CONNECTIONS 7`);
    await identifyVia(SECOND_HASH, FIRST_HASH);
    const [row] = await bench.server.query(`SHOW CREATE USER '${user}'@'%'`);
    expect(Object.values(row ?? {})).toEqual([
      `CREATE USER \`${user}\`@\`%\` IDENTIFIED VIA mysql_native_password USING '${SECOND_HASH}' ` +
        `OR mysql_native_password USING '${FIRST_HASH}' REQUIRE SSL WITH MAX_USER_CONNECTIONS 7`,
    ]);
  });

  test('an account sets its own password by its hash, without any privilege', async () => {
    await bench.runAs(user, FIRST, `SET PASSWORD = '${SECOND_HASH}'`);
    expect(await bench.accepted(user, ALL)).toEqual([SECOND]);
  });

  test('SET PASSWORD replaces the first method only', async () => {
    await identifyVia(SECOND_HASH, FIRST_HASH);
    await bench.runAs(user, SECOND, `SET PASSWORD = '${THIRD_HASH}'`);
    expect(await bench.accepted(user, ALL)).toEqual([FIRST, THIRD]);
  });

  test('fails when an account gives itself two methods without CREATE USER', async () => {
    const methods = `mysql_native_password USING '${SECOND_HASH}'`;
    const change = bench.runAs(user, FIRST, `ALTER USER CURRENT_USER IDENTIFIED VIA ${methods}`);
    await expect(change).rejects.toMatchObject({ errno: 1227 });
    expect(await bench.accepted(user, ALL)).toEqual([FIRST]);
  });

  test('fails when a statement is one that only MySQL knows', async () => {
    const retain = `ALTER USER '${user}'@'%' IDENTIFIED BY '${SECOND}' RETAIN CURRENT PASSWORD`;
    await expect(bench.server.query(retain)).rejects.toMatchObject({ errno: 1064 });
    const self = bench.runAs(user, FIRST, `ALTER USER USER() IDENTIFIED BY '${SECOND}'`);
    await expect(self).rejects.toMatchObject({ errno: 1064 });
    expect(await bench.accepted(user, ALL)).toEqual([FIRST]);
  });

  test('the general log has a password as it was written, so that only its hash may be', async () => {
    await bench.runAs(user, FIRST, "SET PASSWORD = PASSWORD('revealed-by-the-log')");
    expect(bench.server.generalLog()).toContain("PASSWORD('revealed-by-the-log')");
    const logged = bench.server.generalLog().length;
    await identifyVia(THIRD_HASH, SECOND_HASH);
    expect(bench.server.generalLog().slice(logged)).toContain(THIRD_HASH);
    expect(bench.server.generalLog().slice(logged)).not.toContain(THIRD);
  });
});
