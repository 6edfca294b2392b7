import { inspectionOf } from '../../../local/memory/inspection.ts';
import { WorldMysql } from '../../../local/memory/world-mysql.ts';
import { WorldPostgres } from '../../../local/memory/world-postgres.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import { AUTONOMOUS_LIMITS } from '../../../local/oracle/accounts/profile.ts';
import { accountRules } from '../../../lambda/inspection/checks/account-rules.ts';
import { examine } from '../../../lambda/inspection/examination.ts';
import type { Finding } from '../../../lambda/inspection/finding.ts';
import type { AccountRules } from '../../../lambda/ports/database.ts';

const DAY_MS = 24 * 60 * 60_000;

async function rotated(options: WorldOptions): Promise<World> {
  const world = new World(options);
  await world.rotate();
  return world;
}

async function found(world: World): Promise<readonly Finding[]> {
  return accountRules(await examine(inspectionOf(world)));
}

/** What the check says of rules as they were read; everything else is as in a world in which nothing is wrong. */
async function judged(
  engine: 'mysql' | 'oracle',
  rules: AccountRules,
): Promise<Finding | undefined> {
  const examination = await examine(inspectionOf(await rotated({ engines: [engine] })));
  const [first] = examination.sessions;
  if (first === undefined) throw new Error('nobody was let in');
  const [name, session] = first;
  const sessions = new Map([[name, { ...session, rules: { value: rules } }]]);
  return accountRules({ ...examination, sessions })[0];
}

describe('account-rules', () => {
  test('is ok where nothing is in the way, with the facts of each engine', async () => {
    const oracle = await rotated({ engines: ['oracle', 'mysql'] });
    expect(await found(oracle)).toMatchObject([
      {
        subject: 'adb',
        outcome: 'ok',
        found: expect.stringMatching(
          /^nothing in the rules of app is in the way: its password lasts until \d{4}-\d\d-\d\d; 10 refused logins lock it; CLOUD_VERIFY_FUNCTION judges new passwords; PASSWORD_REUSE_MAX 4, PASSWORD_REUSE_TIME 1$/,
        ) as string,
      },
      {
        subject: 'rds',
        outcome: 'ok',
        found: 'nothing in the rules of app is in the way: it is app@%; its password has no end',
      },
    ]);
    for (const engine of ['postgres', 'mariadb'] as const) {
      expect(await found(await rotated({ engines: [engine] }))).toMatchObject([{ outcome: 'ok' }]);
    }
  });

  test("warns when Oracle's profile ends the password before the next rotation", async () => {
    const oracleLimits = { ...AUTONOMOUS_LIMITS, passwordLifeTime: 20 };
    const world = await rotated({ engines: ['oracle'], oracleLimits });
    expect(await found(world)).toMatchObject([
      {
        outcome: 'warning',
        found: expect.stringMatching(
          /^the password of app ends on .*, before the next rotation/,
        ) as string,
        remedy: expect.stringContaining('PASSWORD_LIFE_TIME') as string,
      },
    ]);
  });

  test("warns when Oracle's profile locks the account before a rotation stops trying", async () => {
    const oracleLimits = { ...AUTONOMOUS_LIMITS, failedLoginAttempts: 4 };
    expect(await found(await rotated({ engines: ['oracle'], oracleLimits }))).toMatchObject([
      {
        outcome: 'warning',
        found: '4 refused logins lock app, and a rotation stops after 9',
        remedy: 'set "refusedLoginsPerDayMax" of it in rotations.json to 3 or less',
      },
    ]);
  });

  test('warns when MySQL locks the account sooner, or ends its password', async () => {
    const world = await rotated({ engines: ['mysql'] });
    const [mysql] = world.databases;
    if (!(mysql instanceof WorldMysql)) throw new TypeError('expected MySQL');
    mysql.setRules('app', { failedLoginAttempts: 9 });
    expect(await found(world)).toMatchObject([{ outcome: 'warning' }]);
    mysql.setRules('app', { failedLoginAttempts: 10, lifeDays: 60 });
    expect(await found(world)).toMatchObject([{ outcome: 'ok' }]);
    mysql.setRules('app', { lifeDays: 10 });
    expect(await found(world)).toMatchObject([
      { outcome: 'warning', remedy: expect.stringContaining('PASSWORD EXPIRE NEVER') as string },
    ]);
  });

  test('warns when a role of PostgreSQL is valid until a day before the next rotation', async () => {
    const world = await rotated({ engines: ['postgres'] });
    const [postgres] = world.databases;
    if (!(postgres instanceof WorldPostgres)) throw new TypeError('expected PostgreSQL');
    postgres.setValidUntil('app', world.clock.now() + 20 * DAY_MS);
    expect(await found(world)).toMatchObject([
      { outcome: 'warning', remedy: expect.stringContaining("VALID UNTIL 'infinity'") as string },
    ]);
    postgres.setValidUntil('app', world.clock.now() + 90 * DAY_MS);
    expect(await found(world)).toMatchObject([{ outcome: 'ok' }]);
  });

  test.each<[string, AccountRules, string]>([
    [
      'there are other accounts of the name',
      { host: '%', otherHosts: ['10.0.%', 'localhost'] },
      'a rotation changes app@%; there are others, which keep their passwords: app@10.0.%, app@localhost',
    ],
    [
      'the account is for some hosts and others cannot be seen',
      { host: '10.0.%' },
      'a rotation changes app@10.0.%; who comes from elsewhere would be another account, which keeps its password',
    ],
  ])('warns when %s', async (_case, rules, text) => {
    expect(await judged('mysql', rules)).toMatchObject({ outcome: 'warning', found: text });
  });

  test('is ok when the only account of the name is for some hosts', async () => {
    expect(await judged('mysql', { host: '10.0.%', otherHosts: [] })).toMatchObject({
      outcome: 'ok',
    });
  });

  test('warns when the account is not open, and when a function of somebody judges passwords', async () => {
    expect(await judged('oracle', { status: 'EXPIRED(GRACE)' })).toMatchObject({
      outcome: 'warning',
      found: 'app is EXPIRED(GRACE)',
    });
    expect(await judged('oracle', { verifyFunction: 'ACME_VERIFY' })).toMatchObject({
      outcome: 'warning',
      found: "a function that is not Oracle's judges new passwords: ACME_VERIFY",
    });
    expect(
      await judged('oracle', { verifyFunction: 'ORA12C_STRONG_VERIFY_FUNCTION' }),
    ).toMatchObject({ outcome: 'ok' });
  });

  test('says so when it cannot look', async () => {
    const world = await rotated({ engines: ['postgres'] });
    const context = inspectionOf(world);
    const examination = await examine({
      ...context,
      databases: context.databases.map((database) => ({
        name: database.name,
        engine: database.engine,
        login: async (credential) => {
          const session = await database.login(credential);
          // The line breaks with the first question after the rehearsal.
          if (session !== 'refused') {
            const rehearse = session.rehearse.bind(session);
            session.rehearse = async (change) => {
              const rehearsal = await rehearse(change);
              world.faults.add({ call: 'postgres:query:SELECT', fault: { kind: 'loseRequest' } });
              return rehearsal;
            };
          }
          return session;
        },
      })),
    });
    expect(accountRules(examination)).toMatchObject([{ subject: 'rds', outcome: 'unchecked' }]);
  });
});
