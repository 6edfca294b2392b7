import {
  DatabaseError,
  NotPermittedError,
  OverlapError,
  PasswordPolicyError,
  SessionUserError,
  TestQueryError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { AccountRules, OwnSession } from '../../lambda/ports/database.ts';
import { FIRST, SECOND, THIRD } from '../contract/database-contract.ts';
import { credential, failureOf, open } from '../integration/database-logins.ts';
import { Time } from '../integration/database-time.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };

await describeWithServer('mysql', 'a session of the adapter for MySQL', () => {
  let bed: MysqlBed;

  beforeAll(async () => {
    bed = await MysqlBed.make('mysql');
  });

  afterAll(async () => {
    await bed.close();
  });

  describe('the rules of the account', () => {
    const rulesOf = async (session: OwnSession): Promise<AccountRules> => await session.account();

    test('are those of the account, and of the server where it has none', async () => {
      const username = await bed.makeUser();
      expect(await bed.inOwnSession(username, rulesOf)).toEqual({ host: '%' });
      await bed.server.query(
        `ALTER USER ${username}@'%' PASSWORD EXPIRE INTERVAL 90 DAY FAILED_LOGIN_ATTEMPTS 4 PASSWORD_LOCK_TIME 1`,
      );
      expect(await bed.inOwnSession(username, rulesOf)).toEqual({
        host: '%',
        passwordLifeMs: 90 * DAY_MS,
        refusedLoginsMax: 4,
      });
    });

    test('name the other accounts of the user, where it may read them', async () => {
      const username = await bed.makeUser();
      await bed.server.query(`CREATE USER ${username}@'10.0.%' IDENTIFIED BY '${SECOND}'`);
      expect((await bed.inOwnSession(username, rulesOf)).otherHosts).toBeUndefined();
      await bed.server.query(`GRANT SELECT ON mysql.* TO ${username}@'%'`);
      expect((await bed.inOwnSession(username, rulesOf)).otherHosts).toEqual(['10.0.%']);
    });
  });

  describe('check', () => {
    test('runs the configured test query', async () => {
      const database = bed.makeDatabase({ config: { testQuery: 'SELECT 1 FROM DUAL' } });
      const session = await open(database, 'app');
      await expect(session.check()).resolves.toBeUndefined();
      await session.close();
    });

    test('fails when the test query fails, and says with which error', async () => {
      const testQuery = 'SELECT * FROM mysql.user';
      const session = await open(bed.makeDatabase({ config: { testQuery } }), 'app');
      const error = await failureOf(session.check());
      await session.close();
      expect(error).toBeInstanceOf(TestQueryError);
      expect(error.message).toContain('the configured test query failed with error 1142');
    });

    test('fails when the test query is several, and runs none of them', async () => {
      const testQuery = 'SELECT 1; SELECT 2';
      const session = await open(bed.makeDatabase({ config: { testQuery } }), 'app');
      await expect(session.check()).rejects.toThrow(
        'the configured test query failed with error 1064',
      );
      await session.close();
    });

    test('fails when the test query takes too long, which the server ends', async () => {
      const testQuery = 'SELECT SLEEP(5) FROM information_schema.TABLES';
      const time = new Time().leave(700);
      const session = await open(bed.makeDatabase({ config: { testQuery }, time }), 'app');
      await expect(session.check()).rejects.toThrow(
        'the configured test query failed with error 3024',
      );
      await session.close();
    });

    test('fails when the test query wants a file of this machine', async () => {
      await bed.server.query('CREATE DATABASE IF NOT EXISTS files');
      await bed.server.query('CREATE TABLE IF NOT EXISTS files.one (line TEXT)');
      await bed.server.query('SET GLOBAL local_infile = ON');
      const username = await bed.makeUser();
      await bed.server.query(`GRANT ALL ON files.* TO ${username}@'%'`);
      const testQuery = "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE files.one";
      const session = await open(bed.makeDatabase({ config: { testQuery } }), username);
      await expect(session.check()).rejects.toThrow(TestQueryError);
      await session.close();
      expect(await bed.server.query('SELECT * FROM files.one')).toEqual([]);
    });

    test('fails when an anonymous account of a narrower host shadows the user', async () => {
      const username = await bed.makeUser();
      await bed.server.query(`CREATE USER ''@'127.0.0.1' IDENTIFIED BY '${SECOND}'`);
      try {
        await expect(bed.makeDatabase().login(credential(username))).resolves.toBe('refused');
        const session = await open(bed.makeDatabase(), username, SECOND);
        const error = await failureOf(session.check());
        await session.close();
        expect(error).toBeInstanceOf(SessionUserError);
        expect(error.message).toContain(
          `the session is of ${username}@127.0.0.1 and acts as @127.0.0.1`,
        );
      } finally {
        await bed.server.query("DROP USER ''@'127.0.0.1'");
      }
    });

    test('is satisfied with a user name that holds what separates names', async () => {
      await bed.server.createUser({ name: 'o\'b@ck\\`"', password: FIRST });
      await bed.inSession('o\'b@ck\\`"', async (session) => {
        await session.check();
        await session.change(TO_SECOND);
      });
      await expect(bed.accepted('o\'b@ck\\`"')).resolves.toEqual([SECOND]);
    });
  });

  describe('whether the old password can be kept', () => {
    async function keeps(username: string): Promise<boolean> {
      return await bed.inSession(username, async (session) => {
        const { keptForMs } = await session.rehearse(TO_SECOND);
        await session.change(TO_SECOND);
        await expect(bed.accepted(username)).resolves.toEqual(
          keptForMs === 0 ? [SECOND] : [FIRST, SECOND],
        );
        return keptForMs === Infinity;
      });
    }

    async function makeMember(grants: (name: string, role: string) => string[]): Promise<string> {
      const name = await bed.makeUser();
      const role = `${name}_role`;
      await bed.server.query(`CREATE ROLE ${role}`);
      await bed.server.query(`GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO ${role}`);
      for (const sql of grants(name, role)) await bed.server.query(sql);
      return name;
    }

    test('it can with the privilege, by a default role too, and with CREATE USER', async () => {
      await expect(keeps(await bed.makeKeeper())).resolves.toBe(true);
      const member = await makeMember((name, role) => [
        `GRANT ${role} TO ${name}@'%'`,
        `SET DEFAULT ROLE ${role} TO ${name}@'%'`,
      ]);
      await expect(keeps(member)).resolves.toBe(true);
      const creator = await bed.makeUser();
      await bed.server.query(`GRANT CREATE USER ON *.* TO ${creator}@'%'`);
      await expect(keeps(creator)).resolves.toBe(true);
    });

    test('it cannot without, nor by a role that is not active', async () => {
      await expect(keeps(await bed.makeUser())).resolves.toBe(false);
      const member = await makeMember((name, role) => [`GRANT ${role} TO ${name}@'%'`]);
      await expect(keeps(member)).resolves.toBe(false);
    });

    test('fails when it must be and cannot, and says what to grant', async () => {
      const username = await bed.makeUser();
      await bed.inSession(
        username,
        async (session) => {
          for (const verb of ['rehearse', 'change'] as const) {
            const error = await failureOf(session[verb](TO_SECOND));
            expect(error).toBeInstanceOf(OverlapError);
            expect(error.remedy).toContain(
              `GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO '${username}'@`,
            );
          }
        },
        { config: { overlap: 'require' } },
      );
      await expect(bed.accepted(username)).resolves.toEqual([FIRST]);
    });
  });

  describe('a rehearsal', () => {
    test('counts as no failed login', async () => {
      const username = await bed.makeKeeper();
      await bed.server.query(
        `ALTER USER ${username}@'%' FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED`,
      );
      await bed.inSession(username, async (session) => {
        for (let round = 1; round <= 3; round += 1) await session.rehearse(TO_SECOND);
      });
      expect(bed.server.refusedLogins(username)).toBe(0);
      await (await open(bed.makeDatabase(), username)).close();
    });

    test('leaves both passwords valid where the new one is the newest already', async () => {
      const username = await bed.makeKeeper();
      await bed.inSession(username, async (session) => await session.change(TO_SECOND));
      await bed.inSession(username, async (session) => await session.rehearse(TO_SECOND));
      await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
    });

    test('fails when the server is a replica, even for users that may write to it', async () => {
      const [plain, exempt] = [await bed.makeUser(), await bed.makeKeeper()];
      await bed.server.query(`GRANT CONNECTION_ADMIN ON *.* TO ${exempt}@'%'`);
      await bed.server.query('SET GLOBAL read_only = ON');
      try {
        for (const username of [plain, exempt]) {
          const error = await bed.inSession(
            username,
            async (session) => await failureOf(session.rehearse(TO_SECOND)),
          );
          expect(error).toBeInstanceOf(DatabaseError);
          expect(error.message).toContain('the server is read-only');
          expect(error.remedy).toContain('at the writer');
        }
      } finally {
        await bed.server.query('SET GLOBAL read_only = OFF');
      }
    });
  });

  describe('password rules', () => {
    test('fails when validation refuses the new password, and changes nothing', async () => {
      const username = await bed.makeKeeper();
      const weak = { from: new Password(FIRST), to: new Password('weak') };
      await bed.server.query("INSTALL COMPONENT 'file://component_validate_password'");
      try {
        for (const overlap of ['auto', 'off'] as const) {
          await bed.inSession(
            username,
            async (session) => {
              await expect(session.rehearse(weak)).rejects.toThrow(PasswordPolicyError);
              await expect(session.change(weak)).rejects.toThrow(PasswordPolicyError);
              await session.rehearse(TO_SECOND);
            },
            { config: { overlap } },
          );
        }
      } finally {
        await bed.server.query("UNINSTALL COMPONENT 'file://component_validate_password'");
      }
      await expect(bed.accepted(username, [FIRST, 'weak'])).resolves.toEqual([FIRST]);
    });

    test('fails when the new password was used before, and changes nothing', async () => {
      const username = await bed.makeKeeper();
      await bed.server.query(`ALTER USER ${username}@'%' PASSWORD HISTORY 5`);
      await bed.inSession(username, async (session) => await session.change(TO_SECOND));
      await bed.inSession(
        username,
        async (session) => {
          const on = { from: new Password(SECOND), to: new Password(THIRD) };
          await session.change(on);
          const back = { from: on.to, to: on.from };
          await expect(session.rehearse(back)).rejects.toThrow(PasswordPolicyError);
          await expect(session.change(back)).rejects.toThrow(PasswordPolicyError);
        },
        { password: SECOND },
      );
      await expect(bed.accepted(username)).resolves.toEqual([SECOND, THIRD]);
    });

    test('names the present password where the server wants that', async () => {
      const username = await bed.makeKeeper();
      await bed.server.query(`ALTER USER ${username}@'%' PASSWORD REQUIRE CURRENT`);
      for (const overlap of ['auto', 'off'] as const) {
        await bed.server.query(`ALTER USER ${username}@'%' IDENTIFIED BY '${FIRST}'`);
        await bed.inSession(
          username,
          async (session) => {
            await session.rehearse(TO_SECOND);
            await expect(session.change(TO_SECOND)).resolves.toBe('changed');
          },
          { config: { overlap } },
        );
      }
    });

    test('fails when the server wants the newest password and the session has the older one', async () => {
      const username = await bed.makeKeeper();
      await bed.server.query(`ALTER USER ${username}@'%' PASSWORD REQUIRE CURRENT`);
      await bed.inSession(username, async (session) => await session.change(TO_SECOND));
      await bed.inSession(username, async (session) => {
        const to = new Password(THIRD);
        await expect(session.change({ to })).resolves.toBe('from-is-older');
        const error = await failureOf(session.change({ to, standing: 'older' }));
        expect(error).toBeInstanceOf(NotPermittedError);
        expect(error.remedy).toContain('PASSWORD REQUIRE CURRENT OPTIONAL');
      });
      await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
    });
  });
});
