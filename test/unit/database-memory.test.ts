import {
  DatabaseUnreachableError,
  DeadlineError,
  NotPermittedError,
  OutcomeUnknownError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Database, DatabaseSession } from '../../lambda/ports/database.ts';
import { FaultPlan } from '../../local/faults.ts';
import { MemoryPostgres } from '../../local/memory/database-postgres.ts';
import { PostgresRoles } from '../../local/memory/database-postgres-roles.ts';
import { JumpingClock } from '../../local/memory/jumping-clock.ts';

const FIRST = 'First_password_01';
const SECOND = 'Second_password_02';
const THIRD = 'Third_password_03';
const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };

let roles: PostgresRoles;
let faults: FaultPlan;
let database: MemoryPostgres;

beforeEach(() => {
  roles = new PostgresRoles({
    users: new Map([
      ['app_a', FIRST],
      ['app_b', SECOND],
    ]),
    superusers: new Map([['master', THIRD]]),
  });
  faults = new FaultPlan();
  database = new MemoryPostgres({ roles, faults });
});

async function open(on: Database, password = FIRST): Promise<DatabaseSession> {
  const session = await on.login({ username: 'app_a', password: new Password(password) });
  if (session === 'refused') throw new Error('the login was refused');
  return session;
}

async function change(on: Database): Promise<void> {
  const session = await open(on);
  await session.change(TO_SECOND).finally(session.close.bind(session));
}

describe('the users of a server in memory', () => {
  test('have a password each, and a count of refused logins', async () => {
    await database.login({ username: 'app_a', password: new Password(SECOND) });
    await change(database);
    expect([roles.opens('app_a', FIRST), roles.opens('app_a', SECOND)]).toEqual([false, true]);
    expect(roles.opens('app_b', SECOND)).toBe(true);
    expect([roles.refusedLogins('app_a'), roles.refusedLogins('app_b')]).toEqual([1, 0]);
    roles.setPassword('app_b', THIRD);
    expect(roles.opens('app_b', THIRD)).toBe(true);
  });

  test('change the password of others only where they are superusers', () => {
    expect(() => {
      roles.alterRole({ by: 'app_a', role: 'app_b', password: THIRD });
    }).toThrow('permission denied');
    roles.alterRole({ by: 'master', role: 'app_b', password: FIRST });
    expect(roles.opens('app_b', FIRST)).toBe(true);
    expect(() => {
      roles.alterRole({ by: 'master', role: 'stranger', password: FIRST });
    }).toThrow('does not exist');
  });
});

describe('the calls of a database in memory', () => {
  test('are named as the wire has them', async () => {
    const session = await open(database);
    await session.check();
    await session.rehearse(TO_SECOND);
    await session.change(TO_SECOND);
    await session.close();
    expect(faults.calls).toEqual([
      'postgres:connect',
      'postgres:logon',
      'postgres:query:SELECT',
      'postgres:query:BEGIN',
      'postgres:query:ALTER ROLE',
      'postgres:query:ROLLBACK',
      'postgres:query:BEGIN',
      'postgres:query:ALTER ROLE',
    ]);
  });

  test('are counted as refused logins where the answer was lost too', async () => {
    faults.add({ call: 'postgres:logon', fault: { kind: 'loseReply' } });
    await expect(open(database, SECOND)).rejects.toThrow(DatabaseUnreachableError);
    expect(roles.refusedLogins('app_a')).toBe(1);
  });

  test('are refused as the plan names it, after which the session goes on', async () => {
    const fault = { kind: 'refuse', code: '42501', message: 'permission denied' } as const;
    faults.add({ call: 'postgres:query:ALTER ROLE', fault });
    const session = await open(database);
    await expect(session.change(TO_SECOND)).rejects.toThrow(NotPermittedError);
    expect(roles.opens('app_a', FIRST)).toBe(true);
    await session.change(TO_SECOND);
    expect(roles.opens('app_a', SECOND)).toBe(true);
  });

  test.each([
    ['after the line was cut', { kind: 'loseReply' }],
    ['after the server has shut it down', { kind: 'refuse', code: '57P01', message: 'bye' }],
  ] as const)('fail when the session is used %s', async (_when, fault) => {
    faults.add({ call: 'postgres:query:SELECT', fault });
    const session = await open(database);
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    const madeBefore = faults.calls.length;
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    expect(faults.calls).toHaveLength(madeBefore);
    await session.close();
    expect(database.openSessions).toBe(0);
  });
});

describe('the time of a database in memory', () => {
  const INVOCATION_MS = 9_000;
  /** TimeBudget holds a third of the invocation back. */
  const GIVEN_MS = 6_000;
  let clock: JumpingClock;

  beforeEach(() => {
    clock = new JumpingClock(0);
    const budget = new TimeBudget(() => INVOCATION_MS - clock.now());
    database = new MemoryPostgres({ roles, faults, clock, budget });
  });

  test('waits a delay out', async () => {
    faults.add({ call: 'postgres:connect', fault: { kind: 'delay', delayMs: 5_000 } });
    await open(database);
    expect(clock.sleeps).toEqual([5_000]);
  });

  test('waits for a refusal that comes late', async () => {
    faults.add({ call: 'postgres:logon', fault: { kind: 'delay', delayMs: 5_000 } });
    const login = database.login({ username: 'app_a', password: new Password(SECOND) });
    await expect(login).resolves.toBe('refused');
    expect(clock.sleeps).toEqual([5_000]);
  });

  test('fails when the answer comes later than the caller waits, though the change is made', async () => {
    const session = await open(database);
    faults.add({ call: 'postgres:query:ALTER ROLE', fault: { kind: 'delay', delayMs: 6_001 } });
    await expect(session.change(TO_SECOND)).rejects.toThrow(OutcomeUnknownError);
    expect(clock.sleeps).toEqual([GIVEN_MS]);
    expect(roles.opens('app_a', SECOND)).toBe(true);
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
  });

  test('fails when no answer comes at all, after the time there is', async () => {
    const session = await open(database);
    faults.add({ call: 'postgres:query:ALTER ROLE', fault: { kind: 'hang' } });
    await expect(session.change(TO_SECOND)).rejects.toThrow(OutcomeUnknownError);
    expect(clock.sleeps).toEqual([GIVEN_MS]);
    expect(roles.opens('app_a', FIRST)).toBe(true);
  });

  test('waits ten seconds at most, however much time there is', async () => {
    const budget = new TimeBudget(() => 900_000 - clock.now());
    const session = await open(new MemoryPostgres({ roles, faults, clock, budget }));
    faults.add({ call: 'postgres:query:SELECT', fault: { kind: 'hang' } });
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    expect(clock.sleeps).toEqual([10_000]);
  });

  test('fails when too little time is left for a call, which then is not made', async () => {
    const session = await open(database);
    clock.advance(GIVEN_MS - 100);
    const madeBefore = faults.calls.length;
    await expect(session.check()).rejects.toThrow(DeadlineError);
    await expect(database.loginAsSuperuser('app_a')).resolves.toBeUndefined();
    await expect(open(database)).rejects.toThrow(DeadlineError);
    expect(faults.calls).toHaveLength(madeBefore);
  });

  test('every call waits as long as it takes where there is no budget', async () => {
    faults.add({ call: 'postgres:connect', fault: { kind: 'delay', delayMs: 30_000 } });
    await open(new MemoryPostgres({ roles, faults, clock }));
    expect(clock.sleeps).toEqual([30_000]);
  });
});
