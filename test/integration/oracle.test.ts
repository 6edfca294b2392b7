import { inspect } from 'node:util';
import {
  AccountLockedError,
  DatabaseError,
  DatabaseUnreachableError,
  DeadlineError,
  NotPermittedError,
  OutcomeUnknownError,
  PasswordExpiredError,
  PasswordPolicyError,
  SessionUserError,
  TestQueryError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import { FIRST, SECOND, THIRD } from '../contract/database-contract.ts';
import { credential, failureOf, open } from './database-logins.ts';
import { Time } from './database-time.ts';
import { OracleBed, type BedChanges } from './oracle-bed.ts';

const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };
const SESSION_USERS =
  "SELECT SYS_CONTEXT('USERENV', 'SESSION_USER'), SYS_CONTEXT('USERENV', 'CURRENT_USER') FROM DUAL";
const ACCOUNT =
  "SELECT ACCOUNT_STATUS, (SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME'), SYS_CONTEXT('USERENV', 'DATABASE_ROLE'), PASSWORD_CHANGE_DATE FROM USER_USERS";

let beds: OracleBed[] = [];

async function makeBed(changes: BedChanges = {}): Promise<OracleBed> {
  const bed = await OracleBed.make(changes);
  beds.push(bed);
  return bed;
}

afterEach(async () => {
  for (const { server } of beds) await server.close();
  beds = [];
});

describe('login', () => {
  test('takes the user name as Oracle does: in capitals, unless it is in double quotes', async () => {
    const bed = await makeBed();
    bed.accounts.createUser({ name: 'app', password: SECOND });
    const database = bed.makeDatabase();
    for (const username of ['app', 'App', 'APP', '"APP"']) {
      const session = await open(database, username);
      await session.check();
      await session.close();
    }
    const session = await open(database, '"app"', SECOND);
    await session.check();
    await session.change({ from: new Password(SECOND), to: new Password(THIRD) });
    await session.close();
    await (await open(database, '"app"', THIRD)).close();
    await (await open(database, 'app', FIRST)).close();
  });

  test.each(['app[other]', 'a"b', '', 'two words'])(
    'fails when the user name is %j, before anything is sent',
    async (username) => {
      const bed = await makeBed();
      const error = await failureOf(bed.makeDatabase().login(credential(username)));
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error.message).toContain('cannot be one of Oracle');
      expect(bed.faults.calls).toEqual([]);
    },
  );

  test('fails when the account is locked, though the password is right', async () => {
    const bed = await makeBed();
    bed.accounts.lock('APP');
    await expect(bed.makeDatabase().login(credential('app'))).rejects.toThrow(AccountLockedError);
  });

  test('fails when the password has expired', async () => {
    const bed = await makeBed();
    bed.accounts.expirePassword('APP');
    await expect(bed.makeDatabase().login(credential('app'))).rejects.toThrow(PasswordExpiredError);
  });

  test('fails when the user may not log in', async () => {
    const bed = await makeBed();
    bed.accounts.createUser({ name: 'GUEST', password: FIRST, canConnect: false });
    await expect(bed.makeDatabase().login(credential('guest'))).rejects.toThrow(NotPermittedError);
  });

  test('opens a session in the grace time of the password, warning or not', async () => {
    const bed = await makeBed();
    bed.accounts.alterProfile('APP_PROFILE', { passwordLifeTime: 0, passwordGraceTime: 7 });
    await (await open(bed.makeDatabase(), 'app')).close();
  });

  test.each([
    ['ORA-01033', DatabaseUnreachableError],
    ['ORA-00018', DatabaseUnreachableError],
    ['ORA-28040', DatabaseError],
  ])('tells a logon that is answered with %s by its kind', async (code, kind) => {
    const bed = await makeBed();
    bed.faults.add({ call: 'oracle:logon', fault: { kind: 'refuse', code } });
    await expect(bed.makeDatabase().login(credential('app'))).rejects.toThrow(kind);
  });
});

describe('a session', () => {
  test('runs the configured test query', async () => {
    const bed = await makeBed();
    const session = await open(
      bed.makeDatabase({ config: { testQuery: 'SELECT 1 FROM DUAL' } }),
      'app',
    );
    await expect(session.check()).resolves.toBeUndefined();
    await session.close();
  });

  test('fails when the test query fails, and says with which error', async () => {
    const bed = await makeBed();
    const session = await open(
      bed.makeDatabase({ config: { testQuery: 'SELECT * FROM NOTHING' } }),
      'app',
    );
    const error = await failureOf(session.check());
    await session.close();
    expect(error).toBeInstanceOf(TestQueryError);
    expect(error.message).toContain('the configured test query failed with ORA-00942');
  });

  test('fails when the session acts as another user', async () => {
    const row = { SESSION_USER: 'APP', CURRENT_USER: 'OWNER' };
    const bed = await makeBed({ answers: new Map([[SESSION_USERS, [row]]]) });
    const session = await open(bed.makeDatabase(), 'app');
    const error = await failureOf(session.check());
    await session.close();
    expect(error).toBeInstanceOf(SessionUserError);
    expect(error.message).toContain("the session is APP's and acts as OWNER");
  });

  test('fails in the rehearsal when the database is a standby', async () => {
    const row = { STATUS: 'OPEN', LIMIT: '0', ROLE: 'PHYSICAL STANDBY', SET: null };
    const answers = new Map([[ACCOUNT, [row]]]);
    const bed = await makeBed({ answers });
    const session = await open(bed.makeDatabase(), 'app');
    const error = await failureOf(session.rehearse({ to: new Password(SECOND) }));
    await session.close();
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.message).toBe(
      'adb: the database is a standby (PHYSICAL STANDBY). Next: point "host" and "serviceName" at the primary.',
    );
  });

  test('stays usable after a call that was not answered in time', async () => {
    const bed = await makeBed();
    const time = new Time();
    const session = await open(bed.makeDatabase({ time }), 'app');
    bed.faults.add({ call: 'oracle:execute', fault: { kind: 'delay', delayMs: 20_000 } });
    time.leave(700);
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    await expect(session.check()).resolves.toBeUndefined();
    await session.close();
  });
});

describe('the change', () => {
  test('is made without SQL, and no password stands in any statement', async () => {
    const bed = await makeBed();
    const session = await open(bed.makeDatabase(), 'app');
    await session.check();
    await session.rehearse(TO_SECOND);
    await session.change(TO_SECOND);
    await session.close();
    expect(bed.server.sqlTexts).toEqual([SESSION_USERS, ACCOUNT, ACCOUNT]);
    expect(inspect(bed.server.journal)).not.toContain(SECOND);
  });

  test.each([
    ['ORA-28003', PasswordPolicyError],
    ['ORA-28007', PasswordPolicyError],
    ['ORA-28218', PasswordPolicyError],
    ['ORA-00972', PasswordPolicyError],
    ['ORA-28008', DatabaseError],
    ['ORA-16000', DatabaseError],
    ['ORA-01031', NotPermittedError],
    ['ORA-28000', AccountLockedError],
    ['ORA-03113', OutcomeUnknownError],
    ['ORA-01013', OutcomeUnknownError],
  ])('tells %s by its kind, with the password as it was', async (code, kind) => {
    const bed = await makeBed();
    const session = await open(bed.makeDatabase(), 'app');
    bed.faults.add({ call: 'oracle:changePassword', fault: { kind: 'refuse', code } });
    const error = await failureOf(session.change(TO_SECOND));
    await session.close();
    expect(error).toBeInstanceOf(kind);
    await (await open(bed.makeDatabase(), 'app', FIRST)).close();
  });

  test('fails without knowing the outcome when no answer comes in time', async () => {
    const bed = await makeBed();
    const time = new Time();
    const session = await open(bed.makeDatabase({ time }), 'app');
    bed.faults.add({ call: 'oracle:changePassword', fault: { kind: 'delay', delayMs: 20_000 } });
    time.leave(700);
    await expect(session.change(TO_SECOND)).rejects.toThrow(OutcomeUnknownError);
    await session.close();
    await (await open(bed.makeDatabase(), 'app', SECOND)).close();
  });

  test('fails when too little time is left, before anything is sent', async () => {
    const bed = await makeBed();
    const time = new Time();
    const session = await open(bed.makeDatabase({ time }), 'app');
    time.leave(100);
    await expect(session.check()).rejects.toThrow(DeadlineError);
    await expect(session.rehearse(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(session.change(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(bed.makeDatabase({ time }).login(credential('app'))).rejects.toThrow(
      DeadlineError,
    );
    await session.close();
    await (await open(bed.makeDatabase(), 'app')).close();
  });

  test('fails when the old password is not the one of the account, and locks nothing', async () => {
    const bed = await makeBed();
    const session = await open(bed.makeDatabase(), 'app');
    const error = await failureOf(
      session.change({ from: new Password(THIRD), to: new Password(SECOND) }),
    );
    await session.close();
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.message).toContain('the database no longer accepts the old password');
  });
});
