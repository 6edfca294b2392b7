import {
  DatabaseError,
  DatabaseUnreachableError,
  DeadlineError,
  OutcomeUnknownError,
  OverlapError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import { FIRST, SECOND, THIRD } from '../contract/database-contract.ts';
import { credential, failureOf, open } from '../integration/database-logins.ts';
import { Time } from '../integration/database-time.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };
const CHANGE = 'mysql:query:ALTER USER';

await describeWithServer('mysql', 'a change by the adapter for MySQL', () => {
  let bed: MysqlBed;

  beforeAll(async () => {
    bed = await MysqlBed.make('mysql');
  });

  afterAll(async () => {
    await bed.close();
  });

  test.each([
    "'",
    '\\',
    "it's \\ 'all' \\' of ''it''",
    'trailing\\',
    'a"b`c;--#/*?%_:x',
    'Grüße 中文 🎉',
    'tab\tnew\nline\r\u0001',
  ])(
    'sets a password that a person chose, whatever it holds and whatever a backslash means: %j',
    async (chosen) => {
      const username = await bed.makeKeeper();
      const modes = ['', 'NO_BACKSLASH_ESCAPES', 'ANSI,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'];
      const [row] = await bed.server.query('SELECT @@GLOBAL.sql_mode AS mode');
      const logLength = bed.server.generalLog().length;
      try {
        for (const mode of modes) {
          await bed.server.query(`SET GLOBAL sql_mode = '${mode}'`);
          await bed.inSession(username, async (session) => {
            await session.rehearse({ to: new Password(chosen) });
            const change = { from: new Password(FIRST), to: new Password(chosen) };
            await expect(session.change(change)).resolves.toBe('changed');
          });
          await bed.inSession(
            username,
            async (session) => {
              await session.endOverlap(new Password(chosen));
              await expect(bed.accepted(username, [FIRST, chosen])).resolves.toEqual([chosen]);
              const back = { from: new Password(chosen), to: new Password(FIRST) };
              await expect(session.change(back)).resolves.toBe('changed');
            },
            { password: chosen },
          );
        }
      } finally {
        await bed.server.query(`SET GLOBAL sql_mode = '${String(row?.['mode'])}'`);
      }
      const logged = bed.server.generalLog().slice(logLength).split('\n');
      const settings = logged.filter((line) => line.includes('IDENTIFIED'));
      expect(settings.length).toBeGreaterThan(10);
      for (const line of settings) {
        expect(line).toMatch(
          /ALTER USER 'app_\d+'@'%' IDENTIFIED BY <secret> REPLACE <secret>( RETAIN CURRENT PASSWORD)?$/,
        );
      }
    },
  );

  test('ends both other passwords where overlap is off and a person kept one', async () => {
    const username = await bed.makeKeeper();
    await bed.inSession(username, async (session) => await session.change(TO_SECOND));
    await bed.inSession(
      username,
      async (session) => {
        const change = { from: new Password(SECOND), to: new Password(THIRD) };
        await expect(session.change(change)).resolves.toBe('changed');
      },
      { password: SECOND, config: { overlap: 'off' } },
    );
    await expect(bed.accepted(username)).resolves.toEqual([THIRD]);
  });

  test('takes the newest for the newest, whatever it is told', async () => {
    const username = await bed.makeKeeper();
    await bed.inSession(username, async (session) => {
      const change = { ...TO_SECOND, standing: 'older' } as const;
      await expect(session.change(change)).resolves.toBe('changed');
    });
    await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
  });

  test('is made by whom the server lets read only by default', async () => {
    const username = await bed.makeKeeper();
    await bed.server.query('SET GLOBAL transaction_read_only = ON');
    try {
      await bed.inSession(username, async (session) => {
        await session.rehearse(TO_SECOND);
        await session.change(TO_SECOND);
      });
    } finally {
      await bed.server.query('SET GLOBAL transaction_read_only = OFF');
    }
    await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
  });

  test('fails when another session locks the accounts, as soon as its time is up', async () => {
    const username = await bed.makeKeeper();
    const holder = await bed.openAdministrator();
    const database = bed.makeDatabase({ time: new Time().leave(1_500) });
    const session = await open(database, username);
    try {
      await holder.query('LOCK TABLES mysql.user WRITE');
      const error = await failureOf(session.change(TO_SECOND));
      expect(error).toBeInstanceOf(DatabaseUnreachableError);
      expect(error.message).toContain('did not finish the statement in time');
    } finally {
      await holder.end();
      await session.close();
    }
    await expect(bed.accepted(username)).resolves.toEqual([FIRST]);
  });

  test('fails without knowing the outcome when no answer comes in time', async () => {
    const { port, faults, close } = await bed.makeFaulty();
    const time = new Time();
    const session = await open(bed.makeDatabase({ config: { port }, time }), 'app');
    faults.add({ call: CHANGE, fault: { kind: 'hang' } });
    time.leave(300);
    await expect(session.change(TO_SECOND)).rejects.toThrow(OutcomeUnknownError);
    await session.close();
    await close();
  });

  test('fails when too little time is left, before anything is sent', async () => {
    const username = await bed.makeKeeper();
    const { port, faults, close } = await bed.makeFaulty();
    const time = new Time();
    const database = bed.makeDatabase({ config: { port }, time });
    const session = await open(database, username);
    const before = faults.calls.length;
    time.leave(100);
    await expect(session.check()).rejects.toThrow(DeadlineError);
    await expect(session.rehearse(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(session.change(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(session.endOverlap(new Password(FIRST))).rejects.toThrow(DeadlineError);
    await expect(database.login(credential(username))).rejects.toThrow(DeadlineError);
    expect(faults.calls).toHaveLength(before);
    time.leave(5_000);
    await session.check();
    await session.close();
    await close();
    await expect(bed.accepted(username)).resolves.toEqual([FIRST]);
  });

  test.each([
    [1819, 'policy', PasswordPolicyError, PasswordPolicyError],
    [3638, 'history', PasswordPolicyError, PasswordPolicyError],
    [1290, 'running with the --super-read-only option', DatabaseError, DatabaseError],
    [1290, 'running with the --skip-grant-tables option', DatabaseError, DatabaseError],
    [1836, 'Running in read-only mode', DatabaseError, DatabaseError],
    [1205, 'Lock wait timeout exceeded', DatabaseUnreachableError, DatabaseUnreachableError],
    [1213, 'Deadlock found', DatabaseUnreachableError, DatabaseUnreachableError],
    [1317, 'Query execution was interrupted', DatabaseUnreachableError, OutcomeUnknownError],
    [1053, 'Server shutdown in progress', DatabaseUnreachableError, OutcomeUnknownError],
    [4031, 'The client was disconnected', DatabaseUnreachableError, OutcomeUnknownError],
    [3895, 'Current password cannot be retained', OverlapError, OverlapError],
    [1396, 'Operation ALTER USER failed', DatabaseError, DatabaseError],
    [9_999, 'something new', DatabaseError, DatabaseError],
  ])('tells error %d (%s) by its kind', async (number, message, atRehearsal, atChange) => {
    const { port, faults, close } = await bed.makeFaulty();
    const session = await open(bed.makeDatabase({ config: { port } }), 'app');
    const fault = { kind: 'refuse', code: String(number), message } as const;
    faults.add({ call: CHANGE, fault, times: 2 });
    expect(await failureOf(session.rehearse(TO_SECOND))).toBeInstanceOf(atRehearsal);
    expect(await failureOf(session.change(TO_SECOND))).toBeInstanceOf(atChange);
    await session.close();
    await close();
  });

  test('puts no password into a log of the server', async () => {
    const username = await bed.makeKeeper();
    await bed.inSession(username, async (session) => {
      await session.check();
      await session.rehearse(TO_SECOND);
      await session.change(TO_SECOND);
      await session.change({ to: new Password(THIRD), standing: 'older' });
    });
    await bed.inSession(
      username,
      async (session) => {
        await session.endOverlap(new Password(THIRD));
      },
      { password: THIRD },
    );
    const logs = bed.server.generalLog() + bed.server.log();
    expect(logs).toContain(
      `ALTER USER '${username}'@'%' IDENTIFIED BY <secret> REPLACE <secret> RETAIN CURRENT PASSWORD`,
    );
    expect(logs).toContain('ALTER USER USER() DISCARD OLD PASSWORD');
    for (const password of [FIRST, SECOND, THIRD]) expect(logs).not.toContain(password);
  });

  describe('endOverlap', () => {
    test('does nothing where the user may end nothing', async () => {
      const username = await bed.makeKeeper();
      await bed.inSession(username, async (session) => await session.change(TO_SECOND));
      await bed.server.query(`REVOKE APPLICATION_PASSWORD_ADMIN ON *.* FROM ${username}@'%'`);
      await bed.inSession(
        username,
        async (session) => {
          await expect(session.endOverlap(new Password(SECOND))).resolves.toBeUndefined();
        },
        { password: SECOND },
      );
      await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
    });

    test('fails when a password history forbids to ask which is the newest, and ends nothing', async () => {
      const username = await bed.makeKeeper();
      await bed.server.query(`ALTER USER ${username}@'%' PASSWORD HISTORY 5`);
      await bed.inSession(username, async (session) => await session.change(TO_SECOND));
      await bed.inSession(
        username,
        async (session) => {
          const error = await failureOf(session.endOverlap(new Password(SECOND)));
          expect(error).toBeInstanceOf(OverlapError);
          expect(error.message).toContain('the password rules forbid to ask');
          expect(error.remedy).toContain('DISCARD OLD PASSWORD');
        },
        { password: SECOND },
      );
      await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
    });
  });
});
