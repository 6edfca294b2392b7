import { Application } from '../../local/probe/application.ts';
import { loginFailure } from '../../local/probe/login-failure.ts';
import type { LoginCredential, LoginResult } from '../../local/probe/login.ts';
import { Schedule } from '../../local/probe/schedule.ts';
import { makeSecretSource, type Published } from '../../local/probe/secret-source.ts';

describe('the schedule of the prober', () => {
  test('lets the applications take turns within each interval', () => {
    const schedule = new Schedule({ startMs: 1_000, intervalMs: 100, applications: 4 });
    expect(schedule.takeDue(1_100)).toEqual([
      { application: 0, dueMs: 1_000 },
      { application: 1, dueMs: 1_025 },
      { application: 2, dueMs: 1_050 },
      { application: 3, dueMs: 1_075 },
      { application: 0, dueMs: 1_100 },
    ]);
    expect(schedule.nextDueMs).toBe(1_125);
  });

  test('makes up for ticks that the process was late for, each with the time at which it was due', () => {
    const schedule = new Schedule({ startMs: 0, intervalMs: 100, applications: 1 });
    expect(schedule.takeDue(0)).toEqual([{ application: 0, dueMs: 0 }]);
    expect(schedule.takeDue(50)).toEqual([]);
    expect(schedule.takeDue(350)).toEqual([
      { application: 0, dueMs: 100 },
      { application: 0, dueMs: 200 },
      { application: 0, dueMs: 300 },
    ]);
  });
});

/** Secrets Manager and one database, each with one password, and a clock that only moves when it is told to. */
class World {
  nowMs = 0;
  published: Published = { versionId: 'v1', username: 'app', password: 'first' };
  accepted = 'first';
  reads = 0;
  logins: string[] = [];

  readonly readCurrent = async (): Promise<Published> => {
    this.reads += 1;
    return await Promise.resolve(this.published);
  };

  readonly logIn = async ({ password }: LoginCredential): Promise<LoginResult> => {
    this.logins.push(password);
    return await Promise.resolve<LoginResult>(
      password === this.accepted
        ? { outcome: 'accepted' }
        : { outcome: 'refused', code: 'ORA-01017' },
    );
  };

  readonly now = (): number => this.nowMs;

  application(mode: 'uncached' | 'cached' | 'refresh', inFlightMax = 20): Application {
    const { readCurrent, logIn, now } = this;
    const secrets = makeSecretSource(mode, { readCurrent, cacheMs: 2_000, now });
    return new Application({ database: 'orders-adb', mode, secrets, logIn, now, inFlightMax });
  }
}

const SECOND: Published = { versionId: 'v2', username: 'app', password: 'second' };

describe('an application', () => {
  test('that does not cache reads the secret before each login', async () => {
    const world = new World();
    const application = world.application('uncached');
    world.nowMs = 130;
    await expect(application.attempt(100)).resolves.toEqual({
      database: 'orders-adb',
      mode: 'uncached',
      dueMs: 100,
      lateMs: 30,
      latencyMs: 30,
      outcome: 'accepted',
      versionId: 'v1',
      isSecondTry: false,
    });
    world.published = SECOND;
    await expect(application.attempt(200)).resolves.toMatchObject({
      outcome: 'refused',
      code: 'ORA-01017',
      versionId: 'v2',
    });
    expect(world.logins).toEqual(['first', 'second']);
  });

  test('that caches keeps what it has read until it is as old as the cache allows', async () => {
    const world = new World();
    const application = world.application('cached');
    await application.attempt(0);
    world.published = SECOND;
    world.accepted = 'second';
    world.nowMs = 1_999;
    await expect(application.attempt(1_999)).resolves.toMatchObject({ outcome: 'refused' });
    world.nowMs = 2_000;
    await expect(application.attempt(2_000)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(world.reads).toBe(2);
  });

  test('that refreshes reads again when it is refused, and tries once more with another version', async () => {
    const world = new World();
    const application = world.application('refresh');
    await application.attempt(0);
    world.published = SECOND;
    world.accepted = 'second';
    world.nowMs = 1_000_000;
    await expect(application.attempt(1_000_000)).resolves.toMatchObject({
      outcome: 'accepted',
      versionId: 'v2',
      isSecondTry: true,
    });
    await expect(application.attempt(1_000_100)).resolves.toMatchObject({ isSecondTry: false });
    expect(world.reads).toBe(2);
    expect(world.logins).toEqual(['first', 'first', 'second', 'second']);
  });

  test('never tries a refused password twice in one attempt', async () => {
    const world = new World();
    const application = world.application('refresh');
    world.accepted = 'another';
    await expect(application.attempt(0)).resolves.toMatchObject({
      outcome: 'refused',
      isSecondTry: false,
    });
    expect(world.logins).toEqual(['first']);
  });

  test('reads once, however many attempts wait for it', async () => {
    const world = new World();
    const application = world.application('cached');
    await Promise.all([application.attempt(0), application.attempt(0), application.attempt(0)]);
    expect(world.reads).toBe(1);
  });

  test('misses the ticks at which too many attempts are waiting', async () => {
    const world = new World();
    const application = world.application('uncached', 1);
    const outcomes = await Promise.all([application.attempt(0), application.attempt(100)]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'missed']);
    expect(outcomes.map(({ waitingSinceMs }) => waitingSinceMs)).toEqual([undefined, 0]);
    await expect(application.attempt(200)).resolves.toMatchObject({ outcome: 'accepted' });
  });

  test('reports a secret that cannot be read as an error, by its name alone', async () => {
    const world = new World();
    const failing = Object.assign(new Error('which may quote anything'), { name: 'TimeoutError' });
    const application = new Application({
      database: 'orders-rds',
      mode: 'uncached',
      secrets: { read: async () => await Promise.reject<Published>(failing) },
      logIn: world.logIn,
      now: world.now,
      inFlightMax: 1,
    });
    await expect(application.attempt(0)).resolves.toEqual({
      database: 'orders-rds',
      mode: 'uncached',
      dueMs: 0,
      lateMs: 0,
      latencyMs: 0,
      outcome: 'error',
      code: 'Secrets Manager: TimeoutError',
      isSecondTry: false,
    });
  });
});

describe('the failure of a login', () => {
  test.each([
    { database: 'PostgreSQL', error: { code: '28P01' }, code: '28P01' },
    { database: 'MySQL', error: { code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 }, code: '1045' },
    { database: 'Oracle', error: { code: 'ORA-01017', errorNum: 1017 }, code: 'ORA-01017' },
  ])('is a refusal when $database says so', ({ error, code }) => {
    expect(loginFailure(error)).toEqual({ outcome: 'refused', code });
  });

  test.each([
    { failure: 'a locked account of Oracle', error: { errorNum: 28000 }, code: 'ORA-28000' },
    { failure: 'a locked account of MySQL', error: { errno: 3118 }, code: '3118' },
    { failure: 'a role that may not log in', error: { code: '28000' }, code: '28000' },
    {
      failure: 'a line that is down',
      error: { code: 'ECONNREFUSED', errno: -111 },
      code: 'ECONNREFUSED',
    },
    { failure: 'silence of MySQL', error: { code: 'ETIMEDOUT' }, code: 'no answer' },
    { failure: 'silence of Oracle', error: { code: 'NJS-510' }, code: 'no answer' },
    { failure: 'silence of PostgreSQL', error: new Error('timeout expired'), code: 'no answer' },
    { failure: 'what has no code', error: new Error('some text'), code: 'unknown' },
  ])('is an error for $failure', ({ error, code }) => {
    expect(loginFailure(error)).toEqual({ outcome: 'error', code });
  });
});
