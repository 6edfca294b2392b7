import {
  AccountLockedError,
  ConfigurationError,
  DatabaseError,
  DatabaseUnreachableError,
  NotPermittedError,
  PasswordExpiredError,
} from '../../lambda/domain/errors.ts';
import { FLAVOURS, type Flavour } from '../../local/mysql/flavours.ts';
import { FIRST, SECOND } from '../contract/database-contract.ts';
import { credential, failureOf, open } from '../integration/database-logins.ts';
import { Time } from '../integration/database-time.ts';
import { Relay } from '../integration/relay.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

for (const flavour of FLAVOURS) {
  await describeWithServer(flavour, `connections to ${flavour}`, () => {
    let bed: MysqlBed;
    let closings: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      bed = await MysqlBed.make(flavour);
    });

    afterEach(async () => {
      for (const close of closings) await close();
      closings = [];
    });

    afterAll(async () => {
      await bed.close();
    });

    async function makeFaulty(identity = bed.identity): ReturnType<MysqlBed['makeFaulty']> {
      const faulty = await bed.makeFaulty(identity);
      closings.push(faulty.close);
      return faulty;
    }

    describe('a server that gives no usable answer', () => {
      test('fails when nothing listens, and when the name does not exist', async () => {
        for (const config of [{ port: 1 }, { host: 'nowhere.invalid' }]) {
          await expect(bed.makeDatabase({ config }).login(credential('app'))).rejects.toThrow(
            DatabaseUnreachableError,
          );
        }
      });

      test.each(['connect', 'logon', 'query:SELECT', 'query:SET NAMES'])(
        'fails when the server falls silent at %s, after the time it has',
        async (call) => {
          const { port, faults } = await makeFaulty();
          faults.add({ call: `${flavour}:${call}`, fault: { kind: 'hang' } });
          const database = bed.makeDatabase({ config: { port }, time: new Time().leave(300) });
          await expect(database.login(credential('app'))).rejects.toThrow(DatabaseUnreachableError);
          expect(faults.calls.at(-1)).toBe(`${flavour}:${call}`);
        },
      );

      test.each(['loseRequest', 'loseReply', 'cut'] as const)(
        'fails when the line is cut during the login (%s)',
        async (kind) => {
          const { port, faults } = await makeFaulty();
          for (const call of ['connect', 'logon']) {
            faults.add({ call: `${flavour}:${call}`, fault: { kind } });
            await expect(
              bed.makeDatabase({ config: { port } }).login(credential('app')),
            ).rejects.toThrow(DatabaseUnreachableError);
          }
          expect(bed.server.refusedLogins('app')).toBe(0);
        },
      );

      test('fails when a statement is not answered in time, and closes at once', async () => {
        const { port, faults } = await makeFaulty();
        const time = new Time();
        const session = await open(bed.makeDatabase({ config: { port }, time }), 'app');
        time.leave(300);
        faults.add({ call: `${flavour}:query:SELECT`, fault: { kind: 'hang' } });
        await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
        const startedAtMs = performance.now();
        await session.close();
        expect(performance.now() - startedAtMs).toBeLessThan(400);
      });

      test('fails when the server ends a session that is waiting, which ends nothing else', async () => {
        const username = await bed.makeUser();
        const session = await open(bed.makeDatabase(), username);
        const [row] = await bed.server.query(
          `SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '${username}'`,
        );
        await bed.server.query(`KILL ${Number(row?.['ID'])}`);
        await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
        const startedAtMs = performance.now();
        await session.close();
        await session.close();
        expect(performance.now() - startedAtMs).toBeLessThan(400);
      });

      test('closes at once what the server has closed', async () => {
        const relay = await Relay.start(bed.server.port);
        const session = await open(bed.makeDatabase({ config: { port: relay.port } }), 'app');
        await relay.close();
        const startedAtMs = performance.now();
        await session.close();
        expect(performance.now() - startedAtMs).toBeLessThan(400);
      });

      test('fails when the line goes dead, after the time it has', async () => {
        const relay = await Relay.start(bed.server.port);
        const time = new Time();
        const config = { port: relay.port };
        const session = await open(bed.makeDatabase({ config, time }), 'app');
        relay.blackhole();
        time.leave(300);
        await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
        await session.close();
        await relay.idle();
        await relay.close();
      });

      test.each([
        ['connect', 1040, DatabaseUnreachableError],
        ['connect', 1129, DatabaseUnreachableError],
        ['connect', 1130, NotPermittedError],
        ['connect', 1053, DatabaseUnreachableError],
        ['logon', 1040, DatabaseUnreachableError],
        ['logon', 1203, DatabaseUnreachableError],
        ['logon', 1251, NotPermittedError],
        ['logon', 1524, NotPermittedError],
        ['logon', 3032, DatabaseUnreachableError],
        ['logon', 1105, DatabaseError],
      ])('tells at %s error %d by its kind', async (call, number, kind) => {
        const { port, faults } = await makeFaulty();
        const fault = { kind: 'refuse', code: String(number), message: 'no' } as const;
        faults.add({ call: `${flavour}:${call}`, fault });
        const error = await failureOf(
          bed.makeDatabase({ config: { port } }).login(credential('app')),
        );
        expect(error).toBeInstanceOf(kind);
      });
    });

    describe('accounts that may not log in', () => {
      test('tells a locked account from a wrong password', async () => {
        const username = await bed.makeUser();
        await bed.server.query(`ALTER USER ${username}@'%' ACCOUNT LOCK`);
        const database = bed.makeDatabase();
        await expect(database.login(credential(username))).rejects.toThrow(AccountLockedError);
        await expect(database.login(credential(username, SECOND))).resolves.toBe('refused');
      });

      test('fails when the password has expired', async () => {
        const username = await bed.makeUser();
        await bed.server.query(`ALTER USER ${username}@'%' PASSWORD EXPIRE`);
        await expect(bed.makeDatabase().login(credential(username))).rejects.toThrow(
          PasswordExpiredError,
        );
      });

      test('fails when the user has no room left', async () => {
        const username = await bed.makeUser();
        await bed.server.query(`ALTER USER ${username}@'%' WITH MAX_USER_CONNECTIONS 1`);
        const session = await open(bed.makeDatabase(), username);
        await expect(bed.makeDatabase().login(credential(username))).rejects.toThrow(
          DatabaseUnreachableError,
        );
        await session.close();
        await (await open(bed.makeDatabase(), username)).close();
      });

      test('fails when the configured database is not the user’s, or does not exist', async () => {
        const username = await bed.makeUser();
        const database = bed.makeDatabase({ config: { database: 'nothing' } });
        const forbidden = await failureOf(database.login(credential(username)));
        expect(forbidden).toBeInstanceOf(NotPermittedError);
        await bed.server.query(`GRANT SELECT ON *.* TO ${username}@'%'`);
        const missing = await failureOf(database.login(credential(username)));
        expect(missing).toBeInstanceOf(DatabaseError);
        expect(missing.message).toContain('there is no such database on the server');
      });

      test('opens the configured database', async () => {
        await bed.server.query('CREATE DATABASE IF NOT EXISTS orders');
        const username = await bed.makeUser();
        await bed.server.query(`GRANT SELECT ON orders.* TO ${username}@'%'`);
        const config = { database: 'orders', testQuery: 'SHOW TABLES' };
        const session = await open(bed.makeDatabase({ config }), username);
        await session.check();
        await session.close();
      });

      test('takes a missing client certificate for a refusal, as the server says no more', async () => {
        const username = await bed.makeUser();
        await bed.server.query(`ALTER USER ${username}@'%' REQUIRE X509`);
        await expect(bed.makeDatabase().login(credential(username))).resolves.toBe('refused');
      });

      test('fails when the user name is empty', async () => {
        await expect(bed.makeDatabase().login(credential(''))).rejects.toThrow(DatabaseError);
      });
    });

    test('fails when the server is of the other engine, and says which it is', async () => {
      const engine: Flavour = flavour === 'mysql' ? 'mariadb' : 'mysql';
      const error = await failureOf(bed.makeDatabase({ engine }).login(credential('app')));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.remedy).toContain(`to "${flavour}"`);
    });

    test('says goodbye, so that the server logs no connection that was aborted', async () => {
      const username = await bed.makeUser();
      for (let round = 1; round <= 5; round += 1) {
        const session = await open(bed.makeDatabase(), username);
        await session.check();
        await session.close();
      }
      const aborted = bed.server
        .log()
        .split('\n')
        .filter((line) => line.includes('Aborted'));
      expect(aborted.filter((line) => line.includes(`user: '${username}'`))).toEqual([]);
    });

    defineFlavourTests(flavour, () => bed);
  });
}

function defineFlavourTests(flavour: Flavour, bedOf: () => MysqlBed): void {
  if (flavour === 'mysql') {
    test('fails when too many refused logins have locked the account', async () => {
      const bed = bedOf();
      const username = await bed.makeUser();
      await bed.server.query(
        `ALTER USER ${username}@'%' FAILED_LOGIN_ATTEMPTS 2 PASSWORD_LOCK_TIME UNBOUNDED`,
      );
      const database = bed.makeDatabase();
      await expect(database.login(credential(username, SECOND))).resolves.toBe('refused');
      for (const password of [SECOND, FIRST]) {
        await expect(database.login(credential(username, password))).rejects.toThrow(
          AccountLockedError,
        );
      }
    });

    test('opens an account of the method sha256_password', async () => {
      const bed = bedOf();
      await bed.server.query(
        `CREATE USER digested@'%' IDENTIFIED WITH sha256_password BY '${FIRST}'`,
      );
      await (await open(bed.makeDatabase(), 'digested')).close();
    });
    return;
  }

  test('fails when too many refused logins have blocked the account', async () => {
    const bed = bedOf();
    const username = await bed.makeUser();
    await bed.server.query('SET GLOBAL max_password_errors = 1');
    try {
      const database = bed.makeDatabase();
      await expect(database.login(credential(username, SECOND))).resolves.toBe('refused');
      await expect(database.login(credential(username))).rejects.toThrow(AccountLockedError);
    } finally {
      await bed.server.query('SET GLOBAL max_password_errors = DEFAULT');
      await bed.server.query('FLUSH PRIVILEGES');
    }
  });

  test('fails when the account has a method without a password', async () => {
    const bed = bedOf();
    await bed.server.query("CREATE USER socket_only@'%' IDENTIFIED VIA unix_socket");
    const error = await failureOf(bed.makeDatabase().login(credential('socket_only')));
    expect(error).toBeInstanceOf(NotPermittedError);
    expect(error.remedy).toContain('mysql_native_password (MariaDB)');
  });
}
