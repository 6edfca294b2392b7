import {
  AccountLockedError,
  ConfigurationError,
  DatabaseUnreachableError,
  NotPermittedError,
  OutcomeUnknownError,
  OverlapError,
  PasswordExpiredError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database, DatabaseSession, PasswordChange } from '../../lambda/ports/database.ts';
import { FaultPlan } from '../../local/faults.ts';
import { MemoryOracle } from '../../local/memory/database-oracle.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../../local/oracle/accounts/verifier.ts';

const FIRST = 'First_password_01';
const SECOND = 'Second_password_02';
const THIRD = 'Third_password_03';
const HOUR_MS = 60 * 60 * 1000;

let nowMs: number;
let accounts: Accounts<PlainVerifier>;
let faults: FaultPlan;
let database: MemoryOracle;

beforeEach(() => {
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  faults = new FaultPlan();
  accounts = Accounts.inMemory({ now: () => nowMs });
  accounts.createUser({ name: 'APP', password: FIRST });
  database = new MemoryOracle({ accounts, faults });
});

async function login(password: string): Promise<DatabaseSession | 'refused'> {
  return await database.login({ username: 'app', password: new Password(password) });
}

async function open(password: string, on: Database = database): Promise<DatabaseSession> {
  const session = await on.login({ username: 'app', password: new Password(password) });
  if (session === 'refused') throw new Error('the login was refused');
  return session;
}

async function change(
  from: string,
  to: string,
  rest: Pick<PasswordChange, 'standing'> = {},
): Promise<void> {
  const session = await open(from);
  await session.change({ from: new Password(from), to: new Password(to), ...rest });
  await session.close();
}

function opening(): readonly string[] {
  return [FIRST, SECOND, THIRD].filter((password) => database.opens('APP', password));
}

describe('the rollover of Oracle in memory', () => {
  beforeEach(() => {
    accounts.alterProfile('DEFAULT', { passwordRolloverTime: 1 / 24 });
  });

  test('is there from a change until its time is over', async () => {
    await change(FIRST, SECOND);
    const session = await open(FIRST);
    const to = new Password(THIRD);
    await expect(session.rehearse({ to })).resolves.toMatchObject({ standing: 'one-of-two' });
    nowMs += HOUR_MS;
    await expect(session.rehearse({ to })).resolves.toMatchObject({ standing: 'newest' });
    expect(opening()).toEqual([SECOND]);
  });

  test('ends before a change from the newest password, which is valid also when that change is lost', async () => {
    await change(FIRST, SECOND);
    faults.add({ call: 'oracle:changePassword', fault: { kind: 'loseRequest' } });
    await expect(change(SECOND, THIRD)).rejects.toThrow(OutcomeUnknownError);
    expect(opening()).toEqual([SECOND]);
  });

  test('a change from the older password that is taken for the newest ends that password', async () => {
    await change(FIRST, SECOND);
    const mistaken = change(FIRST, THIRD);
    await expect(mistaken).rejects.toThrow('no longer accepts the old password');
    expect(opening()).toEqual([SECOND]);
  });

  test('a rollover that could not be ended after a change stays, and the error says that nothing is known', async () => {
    const session = await open(FIRST, new MemoryOracle({ accounts, faults, overlap: 'off' }));
    // The session looks at the account before the change and after it.
    faults.add({ call: 'oracle:execute', fault: { kind: 'loseRequest' }, skip: 1 });
    const changing = session.change({ to: new Password(SECOND) });
    await expect(changing).rejects.toThrow(OutcomeUnknownError);
    expect(opening()).toEqual([FIRST, SECOND]);
  });

  test('is required and gone: fails, and changes nothing', async () => {
    const session = await open(FIRST, new MemoryOracle({ accounts, faults, overlap: 'require' }));
    await session.rehearse({ to: new Password(SECOND) });
    accounts.alterProfile('DEFAULT', { passwordRolloverTime: 0 });
    await expect(session.change({ to: new Password(SECOND) })).rejects.toThrow(OverlapError);
    expect(opening()).toEqual([FIRST]);
  });
});

describe('the rules of Oracle in memory', () => {
  test('fails when the account is locked, though the password is right', async () => {
    accounts.lock('APP');
    await expect(login(FIRST)).rejects.toThrow(AccountLockedError);
  });

  test('locks the account after the refused logins of its profile', async () => {
    accounts.alterProfile('DEFAULT', { failedLoginAttempts: 2 });
    await expect(login(SECOND)).resolves.toBe('refused');
    await expect(login(SECOND)).resolves.toBe('refused');
    await expect(login(FIRST)).rejects.toThrow(AccountLockedError);
  });

  test('fails when the password has expired', async () => {
    accounts.expirePassword('APP');
    await expect(login(FIRST)).rejects.toThrow(PasswordExpiredError);
  });

  test('fails when a superuser sets a password that was used before', async () => {
    accounts.createUser({ name: 'ADMIN', password: FIRST, canAlterUsers: true });
    const superuser = { username: 'admin', password: new Password(FIRST) };
    const managed = new MemoryOracle({
      accounts,
      faults,
      superuser: async () => await Promise.resolve(superuser),
    });
    const session = await managed.loginAsSuperuser('app');
    await session?.check();
    await expect(session?.change({ to: new Password(FIRST) })).rejects.toThrow(PasswordPolicyError);
    await session?.change({ to: new Password(SECOND) });
    await session?.close();
    expect(opening()).toEqual([SECOND]);
    const stranger = await managed.loginAsSuperuser('stranger');
    await expect(stranger?.check()).rejects.toThrow(ConfigurationError);
  });

  test('fails when the superuser may not alter users', async () => {
    accounts.createUser({ name: 'CLERK', password: FIRST });
    const superuser = { username: 'clerk', password: new Password(FIRST) };
    const session = await new MemoryOracle({
      accounts,
      superuser: async () => await Promise.resolve(superuser),
    }).loginAsSuperuser('app');
    await expect(session?.change({ to: new Password(SECOND) })).rejects.toThrow(NotPermittedError);
    expect(opening()).toEqual([FIRST]);
  });

  test('fails when the server does not answer to a login, in whatever way', async () => {
    for (const kind of ['refuse', 'throttle', 'loseRequest', 'loseReply', 'cut', 'hang'] as const) {
      faults.add({ call: 'oracle:logon', fault: { kind } });
      await expect(login(FIRST)).rejects.toThrow(DatabaseUnreachableError);
    }
    await expect(login(FIRST)).resolves.not.toBe('refused');
  });

  test('a session that the server killed stays dead', async () => {
    const session = await open(FIRST);
    faults.add({ call: 'oracle:execute', fault: { kind: 'refuse', code: 'ORA-03113' } });
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
  });
});
