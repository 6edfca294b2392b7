import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { select } from '../../local/oracle/sql/select.ts';
import { tableOf } from '../../local/oracle/sql/sql-value.ts';
import { parseStatement } from '../../local/oracle/sql/statement.ts';
import { UNKNOWN_VALUE, type BindValue } from '../../local/oracle/ttc/bind-values.ts';

const accounts = Accounts.inMemory({ now: () => Date.UTC(2026, 10, 20, 12) });
accounts.createProfile('ROLLOVER', { passwordRolloverTime: 7, passwordLifeTime: Infinity });
accounts.createUser({ name: 'APP', password: 'Example_Passw0rd_one', profile: 'ROLLOVER' });
accounts.createUser({ name: 'Other', password: 'Example_Passw0rd_two' });

function query(sql: string, binds: readonly BindValue[] = []): Record<string, unknown>[] {
  const statement = parseStatement(sql);
  if (statement.kind !== 'select') throw new Error('not a query');
  const facts = { user: 'APP', serviceName: 'app_tp', protocol: 'tcps', accounts } as const;
  const { columns, rows } = select(statement, { facts, binds });
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
}

describe('a query', () => {
  test.each<[string, Record<string, unknown>]>([
    ['SELECT 1 FROM DUAL', { 1: 1 }],
    [
      "select - 2.5 as n, 'it''s' \"Text\", NULL nothing from sys.dual",
      { N: -2.5, Text: "it's", NOTHING: null },
    ],
    ['SELECT * FROM DUAL', { DUMMY: 'X' }],
    ['SELECT USER FROM DUAL', { USER: 'APP' }],
    [
      "SELECT sys_context('userenv', 'session_user'), SYS_CONTEXT('USERENV','CURRENT_USER') c FROM DUAL",
      { "SYS_CONTEXT('userenv','session_user')": 'APP', C: 'APP' },
    ],
    [
      "SELECT SYS_CONTEXT('USERENV','SERVICE_NAME') s, SYS_CONTEXT('USERENV','NETWORK_PROTOCOL') p FROM DUAL",
      { S: 'app_tp', P: 'tcps' },
    ],
    ["SELECT SYS_CONTEXT('MINE','THING') x FROM DUAL", { X: null }],
    [
      'SELECT ACCOUNT_STATUS, EXPIRY_DATE FROM USER_USERS',
      { ACCOUNT_STATUS: 'OPEN', EXPIRY_DATE: null },
    ],
    [
      "SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME'",
      { LIMIT: '7' },
    ],
    [
      "SELECT (SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = 'PASSWORD_LOCK_TIME') AS days, PASSWORD_CHANGE_DATE FROM USER_USERS",
      { DAYS: '1', PASSWORD_CHANGE_DATE: new Date('2026-11-20T12:00:00Z') },
    ],
    [
      "SELECT (SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = 'NONE') FROM DUAL",
      { "(SELECTLIMITFROMUSER_PASSWORD_LIMITSWHERERESOURCE_NAME='NONE')": null },
    ],
    [
      "SELECT USERNAME, CREATED FROM ALL_USERS WHERE USERNAME = 'Other'",
      { USERNAME: 'Other', CREATED: new Date('2026-11-20T12:00:00Z') },
    ],
  ])('%s is answered', (sql, row) => {
    expect(query(sql)).toEqual([row]);
  });

  test('reads all password limits', () => {
    expect(query('SELECT RESOURCE_NAME, LIMIT FROM USER_PASSWORD_LIMITS')).toEqual([
      { RESOURCE_NAME: 'FAILED_LOGIN_ATTEMPTS', LIMIT: '10' },
      { RESOURCE_NAME: 'PASSWORD_LIFE_TIME', LIMIT: 'UNLIMITED' },
      { RESOURCE_NAME: 'PASSWORD_REUSE_TIME', LIMIT: '1' },
      { RESOURCE_NAME: 'PASSWORD_REUSE_MAX', LIMIT: '4' },
      { RESOURCE_NAME: 'PASSWORD_VERIFY_FUNCTION', LIMIT: 'CLOUD_VERIFY_FUNCTION' },
      { RESOURCE_NAME: 'PASSWORD_LOCK_TIME', LIMIT: '1' },
      { RESOURCE_NAME: 'PASSWORD_GRACE_TIME', LIMIT: '30' },
      { RESOURCE_NAME: 'PASSWORD_ROLLOVER_TIME', LIMIT: '7' },
    ]);
  });

  test('takes binds in the order in which they stand', () => {
    expect(
      query('SELECT :a x, :b y, :a z FROM DUAL WHERE USER = :u', ['one', 2, 'three', 'APP']),
    ).toEqual([{ X: 'one', Y: 2, Z: 'three' }]);
    expect(query('SELECT (SELECT :a FROM DUAL) x, :b y FROM DUAL', ['one', 2])).toEqual([
      { X: 'one', Y: 2 },
    ]);
    expect(query('SELECT 1 FROM DUAL WHERE USER = :u AND 1 = 1', ['OTHER'])).toEqual([]);
  });

  test('never finds NULL equal', () => {
    expect(query('SELECT 1 FROM USER_USERS WHERE EXPIRY_DATE = NULL')).toEqual([]);
  });

  test.each([
    ['SELECT 1 FROM EMPLOYEES', 'ORA-00942'],
    ['SELECT PASSWORD FROM DUAL', 'ORA-00904: "PASSWORD": invalid identifier'],
    ['SELECT FROM DUAL', 'ORA-00936'],
    ['SELECT 1', 'ORA-00923'],
    ['SELECT 1, FROM DUAL', 'ORA-00936'],
    ['SELECT ( FROM DUAL', 'ORA-00936'],
    ['SELECT 1 FROM DUAL ORDER', 'ORA-00933'],
    ['SELECT (SELECT USERNAME FROM ALL_USERS) FROM DUAL', 'ORA-01427'],
    ['SELECT (SELECT 1, 2 FROM DUAL) x FROM DUAL', 'ORA-00913'],
    ['SELECT (SELECT 1 FROM DUAL x FROM DUAL', 'ORA-00907'],
    ['SELECT (SELECT 1 FROM NOWHERE) x FROM DUAL', 'ORA-00942'],
    ['SELECT 1 FROM DUAL;', 'ORA-00911'],
    ["SELECT 'open FROM DUAL", 'ORA-00911'],
    ['SELECT :a FROM DUAL', 'ORA-01008'],
    ["SELECT SYS_CONTEXT('USERENV','NOPE') FROM DUAL", 'ORA-02003'],
    ["SELECT SYS_CONTEXT('USERENV') FROM DUAL", 'ORA-00909'],
    ["DELETE FROM DUAL WHERE DUMMY = 'X'", 'ORA-00900'],
    ['BEGIN NULL END', 'ORA-00900'],
    ['', 'ORA-00900'],
  ])('fails for %s', (sql, message) => {
    expect(() => query(sql)).toThrow(message);
  });

  test('fails with a bind of a type that is not known', () => {
    expect(() => query('SELECT :a FROM DUAL', [UNKNOWN_VALUE])).toThrow('ORA-03115');
  });
});

describe('ALTER USER', () => {
  test.each([
    [
      'ALTER USER "App" IDENTIFIED BY "New 1;--" REPLACE "Old 0"',
      { user: 'App', password: 'New 1;--', replaced: 'Old 0', endsRollover: false },
    ],
    [
      'alter user app identified by New_1',
      { user: 'APP', password: 'New_1', replaced: undefined, endsRollover: false },
    ],
    [
      'ALTER USER app EXPIRE PASSWORD ROLLOVER PERIOD',
      { user: 'APP', password: undefined, replaced: undefined, endsRollover: true },
    ],
    [
      'ALTER USER app IDENTIFIED BY "p" EXPIRE PASSWORD ROLLOVER PERIOD',
      { user: 'APP', password: 'p', replaced: undefined, endsRollover: true },
    ],
  ])('%s is understood', (sql, alteration) => {
    expect(parseStatement(sql)).toEqual({ kind: 'alterUser', ...alteration });
  });

  test.each([
    ['ALTER USER app', 'ORA-00922'],
    ['ALTER USER app ACCOUNT UNLOCK', 'ORA-00922'],
    ['ALTER USER app IDENTIFIED BY p REPLACE', 'ORA-00988'],
    ["ALTER USER app IDENTIFIED BY 'p'", 'ORA-00988'],
    ['ALTER USER app IDENTIFIED BY 1p', 'ORA-00988'],
    ['ALTER USER app IDENTIFIED BY VALUES p', 'ORA-00922'],
    ['ALTER USER', 'ORA-01918'],
    ['ALTER TABLE app', 'ORA-00900'],
  ])('fails for %s', (sql, message) => {
    expect(() => parseStatement(sql)).toThrow(message);
  });
});

test('rows written by hand have the type of their first value', () => {
  expect(
    tableOf([
      { A: null, B: 1, C: null },
      { A: new Date(0), B: 2, C: null },
    ]),
  ).toEqual({
    columns: [
      { name: 'A', type: 'date' },
      { name: 'B', type: 'number' },
      { name: 'C', type: 'text' },
    ],
    rows: [
      [null, 1, null],
      [new Date(0), 2, null],
    ],
  });
});
