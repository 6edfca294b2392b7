import {
  ConfigurationError,
  DatabaseError,
  DatabaseUnreachableError,
  NotPermittedError,
  OutcomeUnknownError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { DatabaseSession } from '../../lambda/ports/database.ts';
import type { SqlRow } from '../../local/oracle/sql/sql-value.ts';
import { FIRST, SECOND, THIRD } from '../contract/database-contract.ts';
import { credential, failureOf, open } from './database-logins.ts';
import { OracleBed, SUPERUSER } from './oracle-bed.ts';

const USER = 'SELECT USERNAME FROM ALL_USERS WHERE USERNAME = :username';
const DATABASE_ROLE = "SELECT SYS_CONTEXT('USERENV', 'DATABASE_ROLE') FROM DUAL";
const EXPIRE = 'ALTER USER "APP" EXPIRE PASSWORD ROLLOVER PERIOD';
const SUPERUSER_SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:admin-AbCdEf';
const TO_THIRD = { to: new Password(THIRD) };

let answers: Map<string, readonly SqlRow[]>;
let bed: OracleBed;
let sessions: DatabaseSession[];

beforeEach(async () => {
  answers = new Map();
  sessions = [];
  bed = await OracleBed.make({ rolloverDays: 1, answers });
});

afterEach(async () => {
  for (const session of sessions) await session.close();
  await bed.server.close();
});

async function superuserSession(username = 'app', superuser = SUPERUSER): Promise<DatabaseSession> {
  const database = bed.makeDatabase({
    superuser,
    config: { superuserSecretArn: SUPERUSER_SECRET },
  });
  const session = await database.loginAsSuperuser(username);
  if (session === undefined) throw new Error('there is no superuser');
  sessions.push(session);
  return session;
}

/** The user changes its own password, which begins a rollover. */
async function beginRollover(): Promise<void> {
  const session = await open(bed.makeDatabase(), 'app');
  await session.change({ to: new Password(SECOND) });
  await session.close();
}

function opening(): readonly string[] {
  return bed.opening(FIRST, SECOND, THIRD);
}

test('sets a password and leaves no other, without a password in any statement', async () => {
  await beginRollover();
  const before = bed.server.sqlTexts.length;
  const session = await superuserSession();
  await session.check();
  await session.rehearse(TO_THIRD);
  await session.change(TO_THIRD);
  expect(opening()).toEqual([THIRD]);
  expect(bed.server.sqlTexts.slice(before)).toEqual([USER, DATABASE_ROLE, EXPIRE]);
  expect(JSON.stringify(bed.server.journal)).not.toContain(THIRD);
});

test('sets the password of a user in double quotes, and of nobody else', async () => {
  bed.accounts.createUser({ name: 'app', password: FIRST, profile: 'APP_PROFILE' });
  const session = await superuserSession('"app"');
  await session.check();
  await session.change(TO_THIRD);
  expect(opening()).toEqual([FIRST]);
  await (await open(bed.makeDatabase(), '"app"', THIRD)).close();
  expect(bed.server.sqlTexts).toContain('ALTER USER "app" EXPIRE PASSWORD ROLLOVER PERIOD');
});

test('sets the password of an administrative user, who has no rollover', async () => {
  const [name, profile] = ['BOSS', 'APP_PROFILE'];
  bed.accounts.createUser({ name, password: FIRST, profile, isAdministrative: true });
  await (await superuserSession('boss')).change(TO_THIRD);
  await (await open(bed.makeDatabase(), 'boss', THIRD)).close();
});

test('ends a rollover of the user', async () => {
  await beginRollover();
  await (await superuserSession()).endOverlap(new Password(SECOND));
  expect(opening()).toEqual([SECOND]);
});

test('fails when there is no such user, and says who', async () => {
  const error = await failureOf((await superuserSession('stranger')).check());
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toContain('there is no user STRANGER');
});

test('fails in the rehearsal when the database is a standby', async () => {
  answers.set(DATABASE_ROLE, [{ ROLE: 'PHYSICAL STANDBY' }]);
  const session = await superuserSession();
  await expect(session.rehearse(TO_THIRD)).rejects.toThrow(DatabaseError);
});

test('fails when the policy refuses the password', async () => {
  const session = await superuserSession();
  await expect(session.change({ to: new Password(FIRST) })).rejects.toThrow(PasswordPolicyError);
  expect(opening()).toEqual([FIRST]);
});

test('fails when the superuser may not alter users, and says which privilege is missing', async () => {
  bed.accounts.createUser({ name: 'CLERK', password: FIRST });
  const error = await failureOf(
    (await superuserSession('app', credential('clerk'))).change(TO_THIRD),
  );
  expect(error).toBeInstanceOf(NotPermittedError);
  expect(error.message).toBe(
    'adb: the superuser clerk may not change the password of APP. Next: GRANT ALTER USER TO clerk.',
  );
  expect(opening()).toEqual([FIRST]);
});

test('fails without knowing the outcome when the line is cut before the older password ends', async () => {
  await beginRollover();
  const session = await superuserSession();
  bed.faults.add({ call: 'oracle:execute', fault: { kind: 'loseRequest' } });
  await expect(session.change(TO_THIRD)).rejects.toThrow(OutcomeUnknownError);
  expect(opening()).toEqual([FIRST, THIRD]);
});

describe('the login of the superuser', () => {
  test.each([
    [
      'is locked',
      'AccountLockedError',
      (): void => {
        bed.accounts.lock('ADMIN');
      },
    ],
    [
      'has expired',
      'PasswordExpiredError',
      (): void => {
        bed.accounts.expirePassword('ADMIN');
      },
    ],
    [
      'may not log in',
      'NotPermittedError',
      (): void => {
        const password = SUPERUSER.password.reveal();
        bed.accounts.createUser({ name: 'ADMIN', password, canConnect: false });
      },
    ],
  ])('fails when its account %s, and names the secret', async (_what, kind, spoil) => {
    spoil();
    const error = await failureOf(superuserSession());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(`the superuser admin cannot log in: ${kind}`);
    expect(error.remedy).toContain(`the superuser secret ${SUPERUSER_SECRET}`);
  });

  test('fails when its password is wrong, and names the secret', async () => {
    const error = await failureOf(superuserSession('app', credential('admin', SECOND)));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('the database refuses the superuser admin');
    expect(error.remedy).toContain(`the superuser secret ${SUPERUSER_SECRET}`);
  });

  test('fails when the server does not answer, which is no matter of the secret', async () => {
    bed.faults.add({ call: 'oracle:logon', fault: { kind: 'loseRequest' } });
    await expect(superuserSession()).rejects.toThrow(DatabaseUnreachableError);
  });

  test('is not made, and the secret not read, before it is asked for', async () => {
    const database = bed.makeDatabase({ superuser: SUPERUSER });
    await (await open(database, 'app')).close();
    expect(bed.superuserReads).toBe(0);
    await (await database.loginAsSuperuser('app'))?.close();
    expect(bed.superuserReads).toBe(1);
  });
});
