import {
  DatabaseError,
  DatabaseUnreachableError,
  DeadlineError,
  NotPermittedError,
  OutcomeUnknownError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import { FIRST, SECOND } from '../contract/database-contract.ts';
import { failureOf, open } from '../integration/database-logins.ts';
import { Time } from '../integration/database-time.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };
/** What MariaDB keeps of SECOND. */
const SECOND_HASH = '*81847657EFDDAAC2A25091B5AC51E9BC632C6CA8';
const NATIVE = 'mysql_native_password USING';

await describeWithServer('mariadb', 'a change by the adapter for MariaDB', () => {
  let bed: MysqlBed;

  beforeAll(async () => {
    bed = await MysqlBed.make('mariadb');
  });

  afterAll(async () => {
    await bed.close();
  });

  test.each(['it\'s \\ a "test" ?', 'Gr\u00FC\u00DFe \u4E2D\u6587 \u{1F389}'])(
    'sets a password that a person chose: %j',
    async (chosen) => {
      const username = await bed.makeUser();
      for (const superuser of [undefined, await bed.makeMaster()]) {
        const there = { from: new Password(FIRST), to: new Password(chosen) };
        const back = { from: there.to, to: there.from };
        const config = { overlap: superuser === undefined ? 'off' : 'auto' } as const;
        const way = { config, superuser };
        await bed.inSession(username, async (session) => await session.change(there), way);
        await bed.inSession(username, async (session) => await session.change(back), {
          ...way,
          password: chosen,
        });
      }
      await expect(bed.accepted(username)).resolves.toEqual([FIRST]);
    },
  );

  test('reads and names accounts whatever quotes and backslashes mean to the server', async () => {
    const name = `O'Neil "\`main\`" \\ 7`;
    await bed.server.createUser({ name, password: FIRST });
    const superuser = await bed.makeMaster();
    const [row] = await bed.server.query('SELECT @@GLOBAL.sql_mode AS mode');
    let [from, to] = [FIRST, SECOND];
    try {
      for (const mode of ['', 'ANSI', 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', 'ORACLE']) {
        await bed.server.query(`SET GLOBAL sql_mode = '${mode}'`);
        const change = { from: new Password(from), to: new Password(to) };
        await bed.inSession(
          name,
          async (session) => {
            await session.check();
            await session.rehearse(change);
            await session.change(change);
          },
          { password: from, superuser },
        );
        [from, to] = [to, from];
        await bed.inSession(
          name,
          async (session) => {
            await session.endOverlap(new Password(from));
          },
          { password: from, superuser },
        );
        await expect(bed.accepted(name)).resolves.toEqual([from]);
      }
    } finally {
      await bed.server.query(`SET GLOBAL sql_mode = '${String(row?.['mode'])}'`);
    }
  });

  test('is made by whom the server lets read only by default', async () => {
    const username = await bed.makeUser();
    await bed.server.query('SET GLOBAL tx_read_only = ON');
    try {
      await bed.inSession(username, async (session) => await session.change(TO_SECOND));
    } finally {
      await bed.server.query('SET GLOBAL tx_read_only = OFF');
    }
    await expect(bed.accepted(username)).resolves.toEqual([SECOND]);
  });

  test('fails when the server is a replica', async () => {
    await bed.server.query('SET GLOBAL read_only = ON');
    try {
      await bed.inSession('app', async (session) => {
        for (const verb of ['rehearse', 'change'] as const) {
          const error = await failureOf(session[verb](TO_SECOND));
          expect(error).toBeInstanceOf(DatabaseError);
          expect(error.message).toContain('the server is read-only');
        }
      });
    } finally {
      await bed.server.query('SET GLOBAL read_only = OFF');
    }
  });

  test('fails without knowing the outcome when another session locks the accounts', async () => {
    const username = await bed.makeUser();
    const holder = await bed.openAdministrator();
    const time = new Time().leave(700);
    const session = await open(bed.makeDatabase({ time }), username);
    try {
      await holder.query('LOCK TABLES mysql.global_priv WRITE');
      // The server gives up first: it says that it was interrupted, not that it waited for a lock.
      const error = await failureOf(session.change(TO_SECOND));
      expect(error).toBeInstanceOf(OutcomeUnknownError);
      expect(String(error.cause)).toContain('max_statement_time exceeded');
    } finally {
      await holder.end();
      await session.close();
    }
    await expect(bed.accepted(username)).resolves.toEqual([FIRST]);
  });

  test('fails when too little time is left, before anything is sent', async () => {
    const superuser = await bed.makeMaster();
    const { port, faults, close } = await bed.makeFaulty();
    const time = new Time();
    const database = bed.makeDatabase({ config: { port }, time, superuser });
    const session = await open(database, 'app');
    const before = faults.calls.length;
    time.leave(100);
    await expect(session.check()).rejects.toThrow(DeadlineError);
    await expect(session.rehearse(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(session.change(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(session.endOverlap(new Password(FIRST))).rejects.toThrow(DeadlineError);
    await expect(database.loginAsSuperuser('app')).rejects.toThrow(DeadlineError);
    expect(faults.calls).toHaveLength(before);
    time.leave(5_000);
    await session.check();
    await session.close();
    await close();
  });

  test.each([
    [1290, 'running with the --strict-password-validation option', NotPermittedError],
    [1290, 'running with the --read-only option', DatabaseError],
    [1396, 'Operation ALTER USER failed', DatabaseError],
    [1213, 'Deadlock found', DatabaseUnreachableError],
    [1927, 'Connection was killed', OutcomeUnknownError],
    [1969, 'Query execution was interrupted', OutcomeUnknownError],
  ])('tells error %d (%s) by its kind', async (number, message, kind) => {
    const { port, faults, close } = await bed.makeFaulty();
    const fault = { kind: 'refuse', code: String(number), message } as const;
    const superuser = await bed.makeMaster();
    for (const [statement, changes] of [
      ['SET PASSWORD', { config: { port } }],
      ['ALTER USER', { config: { port }, superuser }],
    ] as const) {
      // The first ALTER USER asks whether there may be others.
      faults.add({
        call: `mariadb:query:${statement}`,
        fault,
        skip: statement === 'ALTER USER' ? 1 : 0,
      });
      const session = await open(bed.makeDatabase(changes), 'app');
      expect(await failureOf(session.change(TO_SECOND))).toBeInstanceOf(kind);
      await session.close();
    }
    await close();
    await expect(bed.accepted('app')).resolves.toEqual([FIRST]);
  });

  test('puts no password into a log of the server, only what it stores of one', async () => {
    const superuser = await bed.makeMaster();
    const username = await bed.makeUser();
    for (const way of [{ config: { overlap: 'off' } } as const, { superuser, password: SECOND }]) {
      await bed.inSession(
        username,
        async (session) => {
          await session.check();
          await session.rehearse(TO_SECOND);
          await session.change({
            from: new Password(way.password ?? FIRST),
            to: new Password(SECOND),
          });
          await session.endOverlap(new Password(SECOND));
        },
        way,
      );
    }
    const logs = bed.server.generalLog() + bed.server.log();
    expect(logs).toContain(`SET PASSWORD = '${SECOND_HASH}'`);
    expect(logs).toContain(
      `ALTER USER '${username}'@'%' IDENTIFIED VIA ${NATIVE} '${SECOND_HASH}'`,
    );
    const ours = logs.split('\n').filter((line) => !line.includes("CREATE USER ''"));
    for (const password of [FIRST, SECOND]) expect(ours.join('\n')).not.toContain(password);
  });
});
