import type OracleDB from 'oracledb';
import { loadOracleDriver } from '../../lambda/adapters/oracle-driver.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { DIALECTS } from '../../local/oracle/dialects.ts';
import { FEW_ROUNDS, TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import { OracleServer } from '../../local/oracle/oracle-server.ts';

const oracledb = await loadOracleDriver();
const DAY_MS = 86_400_000;
const ONE = 'Example_Passw0rd_one';
const TWO = 'Example_Passw0rd_two';
const THREE = 'Example_Passw0rd_three';
const WRONG = 'Example_Passw0rd_wrong';

let nowMs: number;
let accounts: Accounts<TwelveCVerifier>;
let server: OracleServer;

async function connect(
  user: string,
  password: string,
  options: Partial<OracleDB.ConnectionAttributes> = {},
): Promise<OracleDB.Connection> {
  const { connectString } = server;
  return await oracledb.getConnection({ user, password, connectString, ...options });
}

/** Logs in and out again, and says by which verifier; `refused` when the password was wrong. */
async function login(user: string, password: string): Promise<string> {
  try {
    await (await connect(user, password)).close();
  } catch (error) {
    expect(error).toMatchObject({ code: 'ORA-01017' });
    return 'refused';
  }
  return server.journal.findLast((entry) => entry.kind === 'logon')?.verifier ?? 'unknown';
}

describe.each(DIALECTS)('the %s dialect', (dialect) => {
  beforeEach(async () => {
    nowMs = Date.UTC(2026, 10, 20, 12);
    accounts = new Accounts({
      now: () => nowMs,
      makeVerifier: TwelveCVerifier.maker({ rounds: FEW_ROUNDS }),
    });
    accounts.createProfile('ROLLOVER', { passwordRolloverTime: 1 });
    accounts.createProfile('LAX', { hasVerifyFunction: false });
    accounts.createUser({ name: 'APP', password: ONE });
    server = await OracleServer.start({
      dialect,
      protocol: 'tcp',
      serviceName: 'app_tp',
      accounts,
    });
  });

  afterEach(async () => {
    await server.close();
    expect(server.journal).not.toContainEqual(expect.objectContaining({ kind: 'undecodable' }));
  });

  describe('a logon', () => {
    test('is accepted with the password, tells the version, and is recorded', async () => {
      const connection = await connect('app', ONE);
      const version = {
        '19c': '19.24.0.0.0',
        '23ai': '23.9.0.25.7',
        '23ai-classic': '23.9.0.25.7',
      };

      expect(connection.oracleServerVersionString).toBe(version[dialect]);
      expect([connection.serviceName, connection.dbName, connection.maxOpenCursors]).toEqual([
        'app_tp',
        'standin',
        300,
      ]);
      await connection.close();
      expect(server.journal).toEqual([
        { kind: 'logon', user: 'APP', verifier: '12C' },
        { kind: 'logoff', user: 'APP' },
      ]);
      expect(accounts.refusedLogins('APP')).toBe(0);
    });

    test.each([
      ['a wrong password', 'app', WRONG, 'APP'],
      ['a user that does not exist', 'nobody', ONE, 'NOBODY'],
      ['a quoted name in another case', '"app"', ONE, 'app'],
    ])('fails with ORA-01017 for %s', async (_, user, password, name) => {
      await expect(connect(user, password)).rejects.toMatchObject({
        code: 'ORA-01017',
        errorNum: 1017,
      });
      expect(server.journal).toEqual([{ kind: 'refusedLogon', user: name, ora: 1017 }]);
      expect(accounts.refusedLogins(name)).toBe(1);
    });

    test('keeps the case of a name in double quotes', async () => {
      accounts.createUser({ name: 'Mixed', password: ONE });
      const connection = await connect('"Mixed"', ONE);

      expect((await connection.execute('SELECT USER FROM DUAL')).rows).toEqual([['Mixed']]);
      await connection.close();
    });

    test.each([
      ['of 15 bytes', 'Example_Pass_15'],
      ['of 16 bytes', 'Example_Passw_16'],
      ['of 17 bytes', 'Example_Passwo_17'],
      ['in other alphabets', 'Пример_例え_💡_ä'],
      ['of 1024 bytes', 'x'.repeat(1024)],
    ])('takes a password %s', async (_, password) => {
      accounts.createUser({ name: 'LAX', password, profile: 'LAX' });

      expect(await login('lax', password)).toBe('12C');
      expect(await login('lax', `${password.slice(0, -1)}y`)).toBe('refused');
    });

    test('fails with ORA-28000 when the account is locked', async () => {
      accounts.lock('APP');
      await expect(connect('app', ONE)).rejects.toMatchObject({ code: 'ORA-28000' });
    });

    test('fails with ORA-28001 when the password has expired, and can bring a new one along', async () => {
      accounts.expirePassword('APP');

      await expect(connect('app', ONE)).rejects.toMatchObject({ code: 'ORA-28001' });
      await expect(connect('app', ONE, { newPassword: 'short' })).rejects.toMatchObject({
        code: 'ORA-28003',
        message: expect.stringContaining('\nORA-20000: password length less than') as string,
      });
      const connection = await connect('app', ONE, { newPassword: TWO });
      expect((await connection.execute('SELECT 1 FROM DUAL')).rows).toEqual([[1]]);
      await connection.close();
      expect(await login('app', ONE)).toBe('refused');
      expect(await login('app', TWO)).toBe('12C');
    });

    test('succeeds with a warning in the grace time', async () => {
      nowMs += 360 * DAY_MS;
      const connection = await connect('app', ONE);

      expect(connection.warning).toMatchObject({ errorNum: 28002 });
      expect(connection.warning?.message).toContain(
        'ORA-28002: the password will expire within 30 days',
      );
      await connection.close();
    });

    test('fails with ORA-28150 for a proxy', async () => {
      await expect(connect('app[other]', ONE)).rejects.toMatchObject({ code: 'ORA-28150' });
    });

    test('fails with ORA-01017 as SYSDBA', async () => {
      await expect(connect('app', ONE, { privilege: oracledb.SYSDBA })).rejects.toMatchObject({
        code: 'ORA-01017',
      });
    });

    test('holds forty at once', async () => {
      const connections = await Promise.all(Array.from({ length: 40 }, () => connect('app', ONE)));
      await Promise.all(connections.map((connection) => connection.close()));
      expect(server.journal).toHaveLength(80);
    });

    test('fails with NJS-518 for another service, in any case', async () => {
      const connectString = server.connectString.replace('app_tp', 'app_low');

      await expect(connect('app', ONE, { connectString })).rejects.toMatchObject({
        code: 'NJS-518',
      });
      expect(server.journal).toEqual([{ kind: 'refusedConnect', ora: 12514 }]);
      const connection = await connect('app', ONE, {
        connectString: server.connectString.replace('app_tp', 'APP_TP'),
      });
      await connection.close();
    });

    test('fails with NJS-519 for a SID', async () => {
      const connectString = server.connectString.replace('SERVICE_NAME', 'SID');
      await expect(connect('app', ONE, { connectString })).rejects.toMatchObject({
        code: 'NJS-519',
      });
    });

    test('takes a descriptor that is too long for the first packet', async () => {
      const program = 'x'.repeat(400);
      const connectString = server.connectString.replace(
        '(SERVICE_NAME',
        `(CID=(PROGRAM=${program}))(SERVICE_NAME`,
      );
      const connection = await connect('app', ONE, { connectString });
      expect((await connection.execute('SELECT 1 FROM DUAL')).rows).toEqual([[1]]);
      await connection.close();
    });
  });

  describe('a change of password', () => {
    test('under the key of the session leaves no trace of either password', async () => {
      const connection = await connect('app', ONE);
      await connection.changePassword('app', ONE, TWO);
      expect((await connection.execute('SELECT USER FROM DUAL')).rows).toEqual([['APP']]);
      await connection.close();

      expect(await login('app', TWO)).toBe('12C');
      expect(server.sqlTexts).toEqual(['SELECT USER FROM DUAL']);
      expect(server.journal).toContainEqual({ kind: 'passwordChange', user: 'APP', by: 'APP' });
      expect(JSON.stringify(server.journal)).not.toContain('Example_');
      expect(accounts.refusedLogins('APP')).toBe(0);
      expect(await login('app', ONE)).toBe('refused');
    });

    test.each([
      ['ORA-28008', 'a wrong old one', WRONG, TWO],
      ['ORA-28007', 'the same one', ONE, ONE],
      ['ORA-28003', 'one with the user name in it', ONE, 'Example_0_for_app_too'],
    ])('fails with %s for %s', async (code, _, oldPassword, newPassword) => {
      const connection = await connect('app', ONE);

      await expect(
        connection.changePassword('app', oldPassword, newPassword),
      ).rejects.toMatchObject({
        code,
      });
      expect((await connection.execute('SELECT 1 FROM DUAL')).rows).toEqual([[1]]);
      await connection.close();
      expect(server.journal[1]).toEqual({
        kind: 'refusedPasswordChange',
        user: 'APP',
        by: 'APP',
        ora: Number(code.slice(4)),
      });
      expect(await login('app', ONE)).toBe('12C');
    });

    test('of somebody else needs the privilege, but no old password', async () => {
      accounts.createUser({ name: 'BOSS', password: ONE, canAlterUsers: true });
      const app = await connect('app', ONE);
      const boss = await connect('boss', ONE);

      await expect(app.changePassword('boss', ONE, TWO)).rejects.toMatchObject({
        code: 'ORA-01031',
      });
      await boss.changePassword('app', '', TWO);
      await Promise.all([app.close(), boss.close()]);
      expect(await login('app', TWO)).toBe('12C');
    });

    test('by ALTER USER needs REPLACE, and its text is in the log', async () => {
      const connection = await connect('app', ONE);
      const statement = 'ALTER USER "APP" IDENTIFIED BY "Example_Passw0rd_two"';

      await expect(connection.execute(statement)).rejects.toMatchObject({ code: 'ORA-28221' });
      await connection.execute(`${statement} REPLACE "Example_Passw0rd_one"`);
      await connection.close();
      expect(server.sqlTexts).toEqual([statement, `${statement} REPLACE "Example_Passw0rd_one"`]);
      expect(server.journal.slice(1, 3)).toEqual([
        { kind: 'refusedPasswordChange', user: 'APP', by: 'APP', ora: 28221 },
        { kind: 'passwordChange', user: 'APP', by: 'APP' },
      ]);
      expect(await login('app', TWO)).toBe('12C');
    });
  });

  describe('a rollover', () => {
    beforeEach(() => {
      accounts.createUser({ name: 'PAIR', password: ONE, profile: 'ROLLOVER' });
    });

    async function status(connection: OracleDB.Connection): Promise<unknown> {
      return (await connection.execute('SELECT ACCOUNT_STATUS FROM USER_USERS')).rows;
    }

    test('lets two passwords in, and of three the first and the last', async () => {
      const connection = await connect('pair', ONE);
      expect(await status(connection)).toEqual([['OPEN']]);
      await connection.changePassword('pair', ONE, TWO);
      expect(await status(connection)).toEqual([['OPEN & IN ROLLOVER']]);
      expect([await login('pair', ONE), await login('pair', TWO)]).toEqual(['12C-OLD', '12C']);
      await connection.changePassword('pair', TWO, THREE);
      await connection.close();

      expect([
        await login('pair', ONE),
        await login('pair', TWO),
        await login('pair', THREE),
      ]).toEqual(['12C-OLD', 'refused', '12C']);
      expect(accounts.refusedLogins('PAIR')).toBe(1);
    });

    test('lets a session of the old password change it again', async () => {
      await (await connect('pair', ONE, { newPassword: TWO })).close();
      const connection = await connect('pair', ONE);
      await connection.changePassword('pair', ONE, THREE);
      await connection.close();

      expect([await login('pair', ONE), await login('pair', THREE)]).toEqual(['12C-OLD', '12C']);
    });

    test('is ended by the user, or by the clock', async () => {
      const connection = await connect('pair', ONE);
      await connection.changePassword('pair', ONE, TWO);
      await connection.execute('ALTER USER "PAIR" EXPIRE PASSWORD ROLLOVER PERIOD');
      expect(server.journal.at(-1)).toEqual({ kind: 'rolloverExpired', user: 'PAIR', by: 'PAIR' });
      expect([await login('pair', ONE), await login('pair', TWO)]).toEqual(['refused', '12C']);

      await connection.changePassword('pair', TWO, THREE);
      nowMs += DAY_MS;
      expect(await status(connection)).toEqual([['OPEN']]);
      await connection.close();
      expect([await login('pair', TWO), await login('pair', THREE)]).toEqual(['refused', '12C']);
    });
  });
});
