import type OracleDB from 'oracledb';
import { loadOracleDriver } from '../../lambda/adapters/oracle-driver.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { DIALECTS } from '../../local/oracle/dialects.ts';
import { FEW_ROUNDS, TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import { OracleServer } from '../../local/oracle/oracle-server.ts';
import type { SqlRow } from '../../local/oracle/sql/sql-value.ts';

const oracledb = await loadOracleDriver();
const PASSWORD = 'Example_Passw0rd_one';
const NUMBERED = Array.from({ length: 300 }, (_, index) => ({ N: index, T: `row ${index}` }));
const ANSWERS = new Map<string, readonly SqlRow[]>([
  ['SELECT n, t FROM numbered', NUMBERED],
  ['SELECT nothing FROM nowhere', []],
  [
    'SELECT t FROM long_texts',
    [{ T: 'a'.repeat(252) }, { T: 'b'.repeat(253) }, { T: 'ä'.repeat(16_000) }],
  ],
  [
    'SELECT * FROM things',
    [
      { NAME: 'first', COUNT: null, SET_AT: new Date('2026-11-20T12:34:56Z') },
      { NAME: null, COUNT: -0.05, SET_AT: null },
    ],
  ],
]);

let accounts: Accounts<TwelveCVerifier>;
let server: OracleServer;
let connection: OracleDB.Connection;

async function connect(
  options: Partial<OracleDB.ConnectionAttributes> = {},
): Promise<OracleDB.Connection> {
  const { connectString } = server;
  return await oracledb.getConnection({
    user: 'app',
    password: PASSWORD,
    connectString,
    ...options,
  });
}

describe.each(DIALECTS)('the %s dialect', (dialect) => {
  beforeEach(async () => {
    accounts = new Accounts({
      now: () => Date.UTC(2026, 10, 20, 12),
      makeVerifier: TwelveCVerifier.maker({ rounds: FEW_ROUNDS }),
    });
    accounts.createUser({ name: 'APP', password: PASSWORD });
    const protocol = 'tcp';
    server = await OracleServer.start({
      dialect,
      protocol,
      serviceName: 'app_tp',
      accounts,
      answers: ANSWERS,
    });
    connection = await connect();
  });

  afterEach(async () => {
    await connection.close();
    await server.close();
    expect(server.journal).not.toContainEqual(expect.objectContaining({ kind: 'undecodable' }));
  });

  async function rows(sql: string, binds: OracleDB.BindParameters = []): Promise<unknown> {
    return (await connection.execute(sql, binds)).rows;
  }

  test('who the session is can be asked', async () => {
    const sql =
      "SELECT USER, SYS_CONTEXT('USERENV','SESSION_USER') AS session_user, SYS_CONTEXT('USERENV','CURRENT_USER') FROM DUAL";
    const result = await connection.execute(sql);

    expect(result.rows).toEqual([['APP', 'APP', 'APP']]);
    expect(result.metaData?.map(({ name }) => name)).toEqual([
      'USER',
      'SESSION_USER',
      "SYS_CONTEXT('USERENV','CURRENT_USER')",
    ]);
    expect(server.sqlTexts).toEqual([sql]);
  });

  test('the own account and its limits can be read', async () => {
    expect(await rows('SELECT ACCOUNT_STATUS, LOCK_DATE FROM USER_USERS')).toEqual([
      ['OPEN', null],
    ]);
    expect(
      await rows('SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = :name', {
        name: 'PASSWORD_ROLLOVER_TIME',
      }),
    ).toEqual([['0']]);
  });

  test('the own account and its limits can be read at once, and who else there is', async () => {
    accounts.createUser({ name: 'Other', password: PASSWORD });
    const limit =
      "(SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = 'PASSWORD_GRACE_TIME')";
    expect(
      await rows(`SELECT ACCOUNT_STATUS, ${limit}, PASSWORD_CHANGE_DATE FROM USER_USERS`),
    ).toEqual([['OPEN', '30', expect.any(Date)]]);
    const user = 'SELECT USERNAME FROM ALL_USERS WHERE USERNAME = :1';
    expect([await rows(user, ['Other']), await rows(user, ['OTHER'])]).toEqual([[['Other']], []]);
  });

  test('numbers and texts go both ways unchanged', async () => {
    for (const value of [0, 1, -1, 0.1, -0.05, 12345.678, 1e21, 2 ** 53 - 1]) {
      expect(await rows('SELECT :1 FROM DUAL', [value])).toEqual([[value]]);
    }
    for (const value of ['x', 'ä💡', 'a'.repeat(252), 'b'.repeat(253), 'c'.repeat(30_000), null]) {
      expect(await rows('SELECT :1 FROM DUAL', [value])).toEqual([[value]]);
    }
  });

  test('NULL goes both ways with its type', async () => {
    const binds = [
      { val: null, type: oracledb.NUMBER },
      { val: null, type: oracledb.STRING },
    ];
    expect(await rows('SELECT :1, :2 FROM DUAL', binds)).toEqual([[null, null]]);
  });

  test('configured queries are answered with their rows', async () => {
    const result = await connection.execute('SELECT * FROM things');

    expect(result.metaData?.map(({ name, dbTypeName }) => [name, dbTypeName])).toEqual([
      ['NAME', 'VARCHAR2'],
      ['COUNT', 'NUMBER'],
      ['SET_AT', 'DATE'],
    ]);
    // The driver takes a DATE as local time.
    expect(result.rows).toEqual([
      ['first', null, new Date(2026, 10, 20, 12, 34, 56)],
      [null, -0.05, null],
    ]);
    expect(await rows('SELECT nothing FROM nowhere')).toEqual([]);
    expect(await rows('SELECT t FROM long_texts')).toEqual([
      ['a'.repeat(252)],
      ['b'.repeat(253)],
      ['ä'.repeat(16_000)],
    ]);
  });

  test('the columns of a query can be asked for, before and after it runs', async () => {
    const sql = 'SELECT n, t FROM numbered';
    for (let time = 1; time <= 2; time += 1) {
      const { metaData, statementType } = await connection.getStatementInfo(sql);
      expect(metaData?.map(({ name }) => name)).toEqual(['N', 'T']);
      expect(statementType).toBe(oracledb.STMT_TYPE_SELECT);
      expect(await rows(sql)).toHaveLength(300);
    }
  });

  test.each([
    ['SELECT 1 FROM employees', 'ORA-00942'],
    ['SELECT missing FROM DUAL', 'ORA-00904'],
    ['INSERT INTO t VALUES (1)', 'ORA-00900'],
    ['CREATE TABLE t (n NUMBER)', 'ORA-00900'],
    ['BEGIN NULL; END;', 'ORA-00911'],
  ])('%s fails with %s and leaves the session usable', async (sql, code) => {
    await expect(connection.execute(sql)).rejects.toMatchObject({ code });
    expect(await rows('SELECT 1 FROM DUAL')).toEqual([[1]]);
    expect(server.sqlTexts).toEqual([sql, 'SELECT 1 FROM DUAL']);
  });

  test('a query that runs again is answered again, and logged again', async () => {
    const sql = 'SELECT ACCOUNT_STATUS FROM USER_USERS';
    expect(await rows(sql)).toEqual([['OPEN']]);
    accounts.expirePassword('APP');
    expect(await rows(sql)).toEqual([['EXPIRED']]);
    expect(await rows('SELECT :1 FROM DUAL', ['first'])).toEqual([['first']]);
    expect(await rows('SELECT :1 FROM DUAL', ['second'])).toEqual([['second']]);
    expect(server.sqlTexts).toEqual([sql, sql, 'SELECT :1 FROM DUAL', 'SELECT :1 FROM DUAL']);
  });

  test.each([
    { fetchArraySize: 7, prefetchRows: 2 },
    { fetchArraySize: 100, prefetchRows: 0 },
    { fetchArraySize: 100, prefetchRows: 300 },
    { fetchArraySize: 100, prefetchRows: 301 },
    { fetchArraySize: 1, prefetchRows: 1 },
  ])('300 rows come in full with %j', async (options) => {
    const sql = 'SELECT n, t FROM numbered';
    for (let time = 1; time <= 2; time += 1) {
      const result = await connection.execute<[number, string]>(sql, [], options);
      expect(result.rows).toHaveLength(300);
      expect(result.rows?.map(([n]) => n)).toEqual(NUMBERED.map(({ N }) => N));
      expect(result.rows?.at(-1)).toEqual([299, 'row 299']);
    }
  });

  test('a result set may be closed early', async () => {
    const sql = 'SELECT n, t FROM numbered';
    const { resultSet } = await connection.execute(sql, [], {
      resultSet: true,
      fetchArraySize: 10,
    });

    expect(await resultSet?.getRow()).toEqual([0, 'row 0']);
    await resultSet?.close();
    expect(await rows('SELECT 1 FROM DUAL')).toEqual([[1]]);
  });

  test('cursors that the client closes make room, and too many fail with ORA-01000', async () => {
    for (let index = 0; index < 302; index += 1) await rows(`SELECT ${index} FROM DUAL`);
    const hoarder = await connect({ stmtCacheSize: 400 });
    for (let index = 0; index < 300; index += 1) await hoarder.execute(`SELECT ${index} FROM DUAL`);
    await expect(hoarder.execute('SELECT 300 FROM DUAL')).rejects.toMatchObject({
      code: 'ORA-01000',
    });
    await hoarder.close();
  });

  test('commit, rollback and ping are answered', async () => {
    await connection.commit();
    await connection.rollback();
    await connection.ping();
    await connection.execute('COMMIT');
    expect(await connection.execute('SELECT 1 FROM DUAL', [], { autoCommit: true })).toMatchObject({
      rows: [[1]],
    });
  });

  test('module, action, client and schema may be set', async () => {
    connection.module = 'rotation';
    connection.action = 'check';
    connection.clientId = 'lockstep';
    connection.clientInfo = 'ä';
    connection.dbOp = 'op';
    connection.ecid = 'e';
    connection.currentSchema = 'APP';
    expect(await rows('SELECT 1 FROM DUAL')).toEqual([[1]]);
    connection.action = '';
    expect(await rows('SELECT 2 FROM DUAL')).toEqual([[2]]);
  });

  test.each([512, 8192, 65_536, 2_097_152])('packets of %d bytes carry everything', async (sdu) => {
    const connectString = server.connectString.replace(
      '(DESCRIPTION=',
      `(DESCRIPTION=(SDU=${sdu})`,
    );
    const other = await connect({ connectString });
    const value = 'ä'.repeat(15_000);

    expect((await other.execute('SELECT :1, :2 FROM DUAL', [value, value])).rows).toEqual([
      [value, value],
    ]);
    expect((await other.execute('SELECT n, t FROM numbered')).rows).toHaveLength(300);
    await other.close();
  });

  test('a pool gives out connections', async () => {
    const { connectString } = server;
    const pool = await oracledb.createPool({
      user: 'app',
      password: PASSWORD,
      connectString,
      poolMin: 1,
      poolMax: 2,
      poolPingInterval: 0,
    });
    const [one, two] = await Promise.all([pool.getConnection(), pool.getConnection()]);
    expect((await two.execute('SELECT USER FROM DUAL')).rows).toEqual([['APP']]);
    await Promise.all([one.close(), two.close()]);
    await pool.close(0);
  });
});
