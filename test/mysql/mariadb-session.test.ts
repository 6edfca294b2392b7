import {
  NotPermittedError,
  OverlapError,
  SessionUserError,
  TestQueryError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { AccountRules, OwnSession } from '../../lambda/ports/database.ts';
import { FIRST, SECOND, THIRD } from '../contract/database-contract.ts';
import { failureOf, open } from '../integration/database-logins.ts';
import { Time } from '../integration/database-time.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };
/** What MariaDB keeps of FIRST and SECOND. */
const FIRST_HASH = '*1AC41BB513774F2AA49DCD50F376FCC921A16436';
const SECOND_HASH = '*81847657EFDDAAC2A25091B5AC51E9BC632C6CA8';
const NATIVE = 'mysql_native_password USING';

await describeWithServer('mariadb', 'a session of the adapter for MariaDB', () => {
  let bed: MysqlBed;

  beforeAll(async () => {
    bed = await MysqlBed.make('mariadb');
  });

  afterAll(async () => {
    await bed.close();
  });

  async function identify(username: string, ...methods: string[]): Promise<void> {
    await bed.server.query(`ALTER USER ${username}@'%' IDENTIFIED VIA ${methods.join(' OR ')}`);
  }

  /** What the server says the account is. */
  async function createUserOf(username: string): Promise<string> {
    const [row] = await bed.server.query(`SHOW CREATE USER ${username}@'%'`);
    return String(Object.values(row ?? {})[0]);
  }

  describe('the rules of the account', () => {
    const rulesOf = async (session: OwnSession): Promise<AccountRules> => await session.account();

    test('are those of the account, and of the server where it has none', async () => {
      const username = await bed.makeUser();
      expect(await bed.inOwnSession(username, rulesOf)).toEqual({ host: '%' });
      await bed.server.query(`ALTER USER ${username}@'%' PASSWORD EXPIRE INTERVAL 90 DAY`);
      await bed.server.query('SET GLOBAL max_password_errors = 7');
      await bed.server.query('SET GLOBAL default_password_lifetime = 30');
      try {
        expect(await bed.inOwnSession(username, rulesOf)).toEqual({
          host: '%',
          passwordLifeMs: 90 * DAY_MS,
          refusedLoginsMax: 7,
        });
        const other = await bed.makeUser();
        const { passwordLifeMs } = await bed.inOwnSession(other, rulesOf);
        expect(passwordLifeMs).toBe(30 * DAY_MS);
      } finally {
        await bed.server.query('SET GLOBAL max_password_errors = DEFAULT');
        await bed.server.query('SET GLOBAL default_password_lifetime = DEFAULT');
      }
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
    test('runs the configured test query, and fails when that does', async () => {
      const good = await open(bed.makeDatabase({ config: { testQuery: 'SELECT 1' } }), 'app');
      await expect(good.check()).resolves.toBeUndefined();
      await good.close();
      const testQuery = 'SELECT * FROM mysql.user';
      const bad = await open(bed.makeDatabase({ config: { testQuery } }), 'app');
      const error = await failureOf(bad.check());
      await bad.close();
      expect(error).toBeInstanceOf(TestQueryError);
      expect(error.message).toContain('the configured test query failed with error 1142');
    });

    test('fails when the test query takes too long, which the server ends', async () => {
      const testQuery = 'SELECT SLEEP(5)';
      const time = new Time().leave(700);
      const session = await open(bed.makeDatabase({ config: { testQuery }, time }), 'app');
      await expect(session.check()).rejects.toThrow(
        'the configured test query failed with error 1969',
      );
      await session.close();
    });

    test('fails when an anonymous account of a narrower host shadows the user', async () => {
      const username = await bed.makeUser();
      await bed.server.query(`CREATE USER ''@'127.0.0.1' IDENTIFIED BY '${SECOND}'`);
      try {
        const session = await open(bed.makeDatabase(), username, SECOND);
        const error = await failureOf(session.check());
        await session.close();
        expect(error).toBeInstanceOf(SessionUserError);
        expect(error.message).toContain(`${username}@127.0.0.1 and acts as @127.0.0.1`);
      } finally {
        await bed.server.query("DROP USER ''@'127.0.0.1'");
      }
    });
  });

  describe('who gives the account two passwords', () => {
    test('the superuser, once and for the session, and the rest of the account stays', async () => {
      const username = await bed.makeUser();
      await bed.server.query(`ALTER USER ${username}@'%' REQUIRE SSL WITH MAX_USER_CONNECTIONS 7`);
      const superuser = await bed.makeMaster();
      const before = bed.superuserReads;
      await bed.inSession(
        username,
        async (session) => {
          await session.check();
          await session.rehearse(TO_SECOND);
          await session.change(TO_SECOND);
        },
        { superuser },
      );
      expect(bed.superuserReads - before).toBe(1);
      expect(await createUserOf(username)).toBe(
        `CREATE USER \`${username}\`@\`%\` IDENTIFIED VIA ${NATIVE} '${SECOND_HASH}' ` +
          `OR ${NATIVE} '${FIRST_HASH}' REQUIRE SSL WITH MAX_USER_CONNECTIONS 7`,
      );
    });

    test('the user itself with CREATE USER, by a default role too', async () => {
      const [creator, member] = [await bed.makeUser(), await bed.makeUser()];
      await bed.server.query(`GRANT CREATE USER ON *.* TO ${creator}@'%'`);
      await bed.server.query(`CREATE ROLE ${member}_role`);
      await bed.server.query(`GRANT CREATE USER ON *.* TO ${member}_role`);
      await bed.server.query(`GRANT ${member}_role TO ${member}@'%'`);
      for (const [username, keptForMs] of [
        [creator, Infinity],
        [member, 0],
      ] as const) {
        const rehearsal = await bed.inSession(
          username,
          async (session) => await session.rehearse(TO_SECOND),
        );
        expect(rehearsal).toEqual({ keptForMs, standing: 'newest' });
      }
      await bed.server.query(`SET DEFAULT ROLE ${member}_role FOR ${member}@'%'`);
      await bed.inSession(member, async (session) => await session.change(TO_SECOND));
      await expect(bed.accepted(member)).resolves.toEqual([FIRST, SECOND]);
    });

    test('fails when the superuser may not, rather than to do without', async () => {
      const username = await bed.makeUser();
      const superuser = await bed.makeMaster();
      await bed.server.query(`REVOKE CREATE USER ON *.* FROM ${superuser.username}@'%'`);
      await bed.inSession(
        username,
        async (session) => {
          for (const verb of ['rehearse', 'change'] as const) {
            const error = await failureOf(session[verb](TO_SECOND));
            expect(error).toBeInstanceOf(NotPermittedError);
            expect(error.remedy).toContain(`grant ${superuser.username} CREATE USER ON *.*`);
          }
        },
        { superuser },
      );
      await expect(bed.accepted(username)).resolves.toEqual([FIRST]);
    });

    test('fails when it must be somebody and is nobody, and says what to configure', async () => {
      await bed.inSession(
        'app',
        async (session) => {
          const error = await failureOf(session.rehearse(TO_SECOND));
          expect(error).toBeInstanceOf(OverlapError);
          expect(error.remedy).toContain('"superuserSecretArn"');
        },
        { config: { overlap: 'require' } },
      );
    });
  });

  describe('an account with two passwords and nobody to end one', () => {
    test.each(['auto', 'off'] as const)(
      'fails when its password is to change with overlap %s, as the other one would stay for ever',
      async (overlap) => {
        const username = await bed.makeUser();
        await identify(username, `${NATIVE} '${FIRST_HASH}'`, `${NATIVE} '${SECOND_HASH}'`);
        await bed.inSession(
          username,
          async (session) => {
            for (const verb of ['rehearse', 'change'] as const) {
              const error = await failureOf(session[verb]({ to: new Password(THIRD) }));
              expect(error).toBeInstanceOf(NotPermittedError);
              expect(error.message).toContain('has a second password, which nobody may end');
            }
          },
          { config: { overlap } },
        );
        await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
      },
    );

    test('fails when the old one is to be ended, and ends nothing', async () => {
      const username = await bed.makeUser();
      await identify(username, `${NATIVE} '${FIRST_HASH}'`, `${NATIVE} '${SECOND_HASH}'`);
      await bed.inSession(username, async (session) => {
        await expect(session.endOverlap(new Password(FIRST))).rejects.toThrow(OverlapError);
      });
      await expect(bed.accepted(username)).resolves.toEqual([FIRST, SECOND]);
    });
  });

  test.each(['unix_socket', "mysql_old_password USING '565491d704013245'"])(
    'fails when the account has a method that is no plain password (%s), and leaves it alone',
    async (method) => {
      const username = await bed.makeUser();
      await identify(username, `${NATIVE} '${FIRST_HASH}'`, method);
      const before = await createUserOf(username);
      const superuser = await bed.makeMaster();
      for (const overlap of ['auto', 'off'] as const) {
        await bed.inSession(
          username,
          async (session) => {
            const own = new Password(FIRST);
            for (const verb of [
              async () => await session.rehearse(TO_SECOND),
              async () => await session.change(TO_SECOND),
              async () => {
                await session.endOverlap(own);
              },
            ]) {
              const error = await failureOf(verb());
              expect(error).toBeInstanceOf(NotPermittedError);
              expect(error.message).toContain(`may log in by ${method.split(' ')[0] ?? ''} too`);
            }
          },
          { config: { overlap }, superuser },
        );
      }
      const session = await bed.makeDatabase({ superuser }).loginAsSuperuser(username);
      await expect(session?.rehearse(TO_SECOND)).rejects.toThrow(NotPermittedError);
      await expect(session?.change(TO_SECOND)).rejects.toThrow(NotPermittedError);
      await session?.close();
      expect(await createUserOf(username)).toBe(before);
    },
  );
});
