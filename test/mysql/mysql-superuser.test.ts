import {
  ConfigurationError,
  DatabaseError,
  NotPermittedError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import type { DatabaseSession } from '../../lambda/ports/database.ts';
import { FLAVOURS } from '../../local/mysql/flavours.ts';
import { FIRST, SECOND, THIRD } from '../contract/database-contract.ts';
import { credential, failureOf, open } from '../integration/database-logins.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

const TO_SECOND = { to: new Password(SECOND) };
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-master-AbCdEf';

for (const flavour of FLAVOURS) {
  await describeWithServer(flavour, `the superuser of ${flavour}`, () => {
    let bed: MysqlBed;

    beforeAll(async () => {
      bed = await MysqlBed.make(flavour);
    });

    afterAll(async () => {
      await bed.close();
    });

    async function asSuperuser<Value>(
      superuser: Credential,
      username: string,
      work: (session: DatabaseSession) => Promise<Value>,
    ): Promise<Value> {
      const session = await bed.makeDatabase({ superuser }).loginAsSuperuser(username);
      if (session === undefined) throw new Error('there is no superuser');
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    }

    test('reads its secret when it is asked for, not before', async () => {
      const superuser = await bed.makeMaster();
      const before = bed.superuserReads;
      const config = { overlap: 'off' } as const;
      const database = bed.makeDatabase({ superuser, config });
      const session = await open(database, 'app');
      await session.check();
      await session.rehearse(TO_SECOND);
      await session.close();
      expect(bed.superuserReads - before).toBe(0);
      await (await database.loginAsSuperuser('app'))?.close();
      expect(bed.superuserReads - before).toBe(1);
    });

    test('fails when it is refused, and names the secret to mend', async () => {
      const database = bed.makeDatabase({
        config: { superuserSecretArn: SECRET_ARN },
        superuser: credential('nobody_at_all'),
      });
      const error = await failureOf(database.loginAsSuperuser('app'));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('the database refuses the superuser nobody_at_all');
      expect(error.remedy).toContain(SECRET_ARN);
    });

    test('sets the password of a user whose name needs quoting', async () => {
      const name = `O'Neil "\`main\`" \\ 7`;
      await bed.server.createUser({ name, password: FIRST });
      await asSuperuser(await bed.makeMaster(), name, async (session) => {
        await session.check();
        await session.rehearse(TO_SECOND);
        await session.change(TO_SECOND);
      });
      await (await open(bed.makeDatabase(), name, SECOND)).close();
    });

    test('sets its own password, where it is the user itself', async () => {
      const superuser = await bed.makeMaster();
      await asSuperuser(superuser, superuser.username, async (session) => {
        await session.rehearse(TO_SECOND);
        await session.change(TO_SECOND);
      });
      await (await open(bed.makeDatabase(), superuser.username, SECOND)).close();
    });

    test('fails when the user has several accounts, and says for which hosts', async () => {
      const username = await bed.makeUser();
      await bed.server.query(`CREATE USER ${username}@'10.0.0.%' IDENTIFIED BY '${FIRST}'`);
      await asSuperuser(await bed.makeMaster(), username, async (session) => {
        for (const verb of ['check', 'rehearse', 'change'] as const) {
          const error = await failureOf(session[verb](TO_SECOND));
          expect(error).toBeInstanceOf(ConfigurationError);
          expect(error.message).toContain(
            `there are 2 accounts of the user ${username}, for the hosts %, 10.0.0.%`,
          );
        }
      });
      await (await open(bed.makeDatabase(), username)).close();
    });

    test('fails when it may not read the accounts, and says what to grant', async () => {
      const superuser = await bed.makeMaster();
      await bed.server.query(`REVOKE SELECT ON mysql.* FROM ${superuser.username}@'%'`);
      await asSuperuser(superuser, 'app', async (session) => {
        const error = await failureOf(session.check());
        expect(error).toBeInstanceOf(NotPermittedError);
        expect(error.message).toContain(`the superuser ${superuser.username} lacks a privilege`);
        expect(error.remedy).toContain('SELECT ON mysql.*');
      });
    });

    test('fails when it may not alter accounts, and says what to grant', async () => {
      const superuser = await bed.makeMaster();
      await bed.server.query(`REVOKE CREATE USER ON *.* FROM ${superuser.username}@'%'`);
      const username = await bed.makeUser();
      await asSuperuser(superuser, username, async (session) => {
        await session.check();
        for (const verb of ['rehearse', 'change'] as const) {
          const error = await failureOf(session[verb](TO_SECOND));
          expect(error).toBeInstanceOf(NotPermittedError);
          expect(error.remedy).toContain(`grant ${superuser.username} CREATE USER ON *.*`);
        }
      });
      await (await open(bed.makeDatabase(), username)).close();
    });

    test('fails when the server is a replica', async () => {
      const superuser = await bed.makeMaster();
      await bed.server.query('SET GLOBAL read_only = ON');
      try {
        await asSuperuser(superuser, 'app', async (session) => {
          const error = await failureOf(session.rehearse(TO_SECOND));
          expect(error).toBeInstanceOf(DatabaseError);
          expect(error.message).toContain('the server is read-only');
        });
      } finally {
        await bed.server.query('SET GLOBAL read_only = OFF');
      }
    });

    test('puts no password of anybody into a log of the server', async () => {
      const username = await bed.makeUser();
      await asSuperuser(await bed.makeMaster(), username, async (session) => {
        await session.check();
        await session.rehearse(TO_SECOND);
        await session.change(TO_SECOND);
        await session.endOverlap(new Password(SECOND));
      });
      await (await open(bed.makeDatabase(), username, SECOND)).close();
      const logs = bed.server.generalLog() + bed.server.log();
      expect(logs).toContain(`ALTER USER '${username}'@'%' IDENTIFIED`);
      const ours = logs.split('\n').filter((line) => !line.includes('CREATE USER'));
      for (const password of [FIRST, SECOND]) expect(ours.join('\n')).not.toContain(password);
    });

    if (flavour === 'mysql') {
      test('fails when the password rules refuse the new password, and changes nothing', async () => {
        const username = await bed.makeUser();
        const superuser = await bed.makeMaster();
        await bed.server.query("INSTALL COMPONENT 'file://component_validate_password'");
        try {
          await asSuperuser(superuser, username, async (session) => {
            const weak = { to: new Password('weak') };
            await expect(session.rehearse(weak)).rejects.toThrow(PasswordPolicyError);
            await expect(session.change(weak)).rejects.toThrow(PasswordPolicyError);
          });
        } finally {
          await bed.server.query("UNINSTALL COMPONENT 'file://component_validate_password'");
        }
        await (await open(bed.makeDatabase(), username)).close();
      });

      test('fails when the user is out of its reach', async () => {
        const username = await bed.makeUser();
        await bed.server.query(`GRANT SYSTEM_USER ON *.* TO ${username}@'%'`);
        await asSuperuser(await bed.makeMaster(), username, async (session) => {
          await expect(session.rehearse(TO_SECOND)).rejects.toThrow(NotPermittedError);
        });
      });

      test('makes a password the only one, even where it is the older of two', async () => {
        const username = await bed.makeKeeper();
        const session = await open(bed.makeDatabase(), username);
        await session.change({ from: new Password(FIRST), to: new Password(SECOND) });
        await session.close();
        await asSuperuser(await bed.makeMaster(), username, async (superuser) => {
          await superuser.endOverlap(new Password(FIRST));
        });
        await (await open(bed.makeDatabase(), username, FIRST)).close();
        const old = bed.makeDatabase().login(credential(username, SECOND));
        await expect(old).resolves.toBe('refused');
        await expect(bed.makeDatabase().login(credential(username, THIRD))).resolves.toBe(
          'refused',
        );
      });
    }
  });
}
