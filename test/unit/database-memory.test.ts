import {
  AccountLockedError,
  DatabaseUnreachableError,
  NotPermittedError,
  PasswordExpiredError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database, DatabaseSession } from '../../lambda/ports/database.ts';
import { FaultPlan } from '../../local/faults.ts';
import { MemoryOracle } from '../../local/memory/database-oracle.ts';
import { MemoryPostgres } from '../../local/memory/database-postgres.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../../local/oracle/accounts/verifier.ts';

const FIRST = 'First_password_01';
const SECOND = 'Second_password_02';
const THIRD = 'Third_password_03';

async function login(database: Database, password: string): Promise<DatabaseSession | 'refused'> {
  return await database.login({ username: 'app', password: new Password(password) });
}

async function open(database: Database, password: string): Promise<DatabaseSession> {
  const session = await login(database, password);
  if (session === 'refused') throw new Error('the login was refused');
  return session;
}

async function change(database: Database, from: string, to: string): Promise<void> {
  const session = await open(database, from);
  await session.change({ from: new Password(from), to: new Password(to) });
  await session.close();
}

describe('PostgreSQL in memory', () => {
  test('tells which password opens it and how many logins it refused', async () => {
    const database = new MemoryPostgres({ username: 'app', password: FIRST });
    await login(database, SECOND);
    await change(database, FIRST, SECOND);
    expect([database.opens(FIRST), database.opens(SECOND)]).toEqual([false, true]);
    expect(database.refusedLogins).toBe(1);
    database.setPassword(THIRD);
    expect(database.opens(THIRD)).toBe(true);
  });

  test('counts a refused login whose answer was lost', async () => {
    const faults = new FaultPlan().add({ call: 'postgres:logon', fault: { kind: 'loseReply' } });
    const database = new MemoryPostgres({ username: 'app', password: FIRST, faults });
    await expect(login(database, SECOND)).rejects.toThrow(DatabaseUnreachableError);
    expect(database.refusedLogins).toBe(1);
  });

  test('refuses the fault that the plan names by its SQLSTATE', async () => {
    const refuse = { kind: 'refuse', code: '42501', message: 'permission denied' } as const;
    const faults = new FaultPlan().add({ call: 'postgres:query:ALTER ROLE', fault: refuse });
    const database = new MemoryPostgres({ username: 'app', password: FIRST, faults });
    await expect(change(database, FIRST, SECOND)).rejects.toThrow(NotPermittedError);
    expect(database.opens(FIRST)).toBe(true);
  });

  test('names its calls as the wire would', async () => {
    const faults = new FaultPlan();
    const database = new MemoryPostgres({ username: 'app', password: FIRST, faults });
    const session = await open(database, FIRST);
    await session.check();
    await session.rehearse({ from: new Password(FIRST), to: new Password(SECOND) });
    await session.change({ from: new Password(FIRST), to: new Password(SECOND) });
    expect(faults.calls).toEqual([
      'postgres:connect',
      'postgres:logon',
      'postgres:query:SELECT',
      'postgres:query:SELECT',
      'postgres:query:BEGIN',
      'postgres:query:ALTER ROLE',
      'postgres:query:ROLLBACK',
      'postgres:query:ALTER ROLE',
    ]);
  });

  test('waits a delay out on the clock that it is given', async () => {
    const waits: number[] = [];
    const clock = {
      sleep: async (durationMs: number) => {
        waits.push(durationMs);
        await Promise.resolve();
      },
    };
    const fault = { kind: 'delay', delayMs: 30_000 } as const;
    const faults = new FaultPlan().add({ call: 'postgres:connect', fault });
    const database = new MemoryPostgres({ username: 'app', password: FIRST, faults, clock });
    await open(database, FIRST);
    expect(waits).toEqual([30_000]);
  });
});

describe('Oracle in memory', () => {
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

  test('has overlap from a change until the rollover of the profile ends', async () => {
    accounts.alterProfile('DEFAULT', { passwordRolloverTime: 1 / 24 });
    await change(database, FIRST, SECOND);
    const session = await open(database, FIRST);
    await expect(session.hasOverlap()).resolves.toBe(true);
    nowMs += HOUR_MS;
    await expect(session.hasOverlap()).resolves.toBe(false);
    expect([database.opens('APP', FIRST), database.opens('APP', SECOND)]).toEqual([false, true]);
  });

  test('a second change inside the rollover ends the newer of the two passwords', async () => {
    accounts.alterProfile('DEFAULT', { passwordRolloverTime: 1 });
    await change(database, FIRST, SECOND);
    await change(database, SECOND, THIRD);
    const opening = [FIRST, SECOND, THIRD].map((password) => database.opens('APP', password));
    expect(opening).toEqual([true, false, true]);
  });

  test('fails when the account is locked, though the password is right', async () => {
    accounts.lock('APP');
    await expect(login(database, FIRST)).rejects.toThrow(AccountLockedError);
  });

  test('locks the account after the refused logins of its profile', async () => {
    accounts.alterProfile('DEFAULT', { failedLoginAttempts: 2 });
    await expect(login(database, SECOND)).resolves.toBe('refused');
    await expect(login(database, SECOND)).resolves.toBe('refused');
    await expect(login(database, FIRST)).rejects.toThrow(AccountLockedError);
  });

  test('fails when the password has expired', async () => {
    accounts.expirePassword('APP');
    await expect(login(database, FIRST)).rejects.toThrow(PasswordExpiredError);
  });

  test('fails when the server does not answer to a login, in whatever way', async () => {
    for (const kind of ['refuse', 'throttle', 'loseRequest', 'loseReply', 'cut', 'hang'] as const) {
      faults.add({ call: 'oracle:logon', fault: { kind } });
      await expect(login(database, FIRST)).rejects.toThrow(DatabaseUnreachableError);
    }
    await expect(login(database, FIRST)).resolves.not.toBe('refused');
  });
});
