import { ConfigurationError, NotPermittedError } from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { DatabaseSession } from '../../lambda/ports/database.ts';
import { FIRST, SECOND } from '../contract/database-contract.ts';
import {
  describeSuperuserContract,
  WRONG_PASSWORD,
  type SuperuserFixture,
} from '../contract/superuser-contract.ts';
import { credential, failureOf, open } from './database-logins.ts';
import type { PostgresBed } from './postgres-bed.ts';
import { usePostgres } from './shared-postgres.ts';

const TO_SECOND = { to: new Password(SECOND) };
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-master-AbCdEf';

let bed: PostgresBed;

usePostgres((shared) => {
  bed = shared;
});

async function makeFixture(): Promise<SuperuserFixture> {
  const username = await bed.makeRole();
  const master = await bed.makeMaster(username);
  const right = await bed.makeFaulty({ superuser: credential(master) });
  const wrong = bed.makeDatabase({ superuser: credential(master, WRONG_PASSWORD) });
  const none = bed.makeDatabase();
  return {
    username,
    database: (kind) => ({ right: right.database, wrong, none })[kind],
    loseReplyOfChange: () => {
      right.faults.add({ call: 'postgres:query:ALTER ROLE', fault: { kind: 'loseReply' } });
    },
    close: right.close,
  };
}

describeSuperuserContract('PostgreSQL 18', makeFixture);

async function asSuperuser<Value>(
  master: string,
  username: string,
  work: (session: DatabaseSession) => Promise<Value>,
): Promise<Value> {
  const database = bed.makeDatabase({ superuser: credential(master) });
  const session = await database.loginAsSuperuser(username);
  if (session === undefined) throw new Error('there is no superuser');
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

test('reads the superuser secret when it is asked for, not before', async () => {
  const username = await bed.makeRole();
  const database = bed.makeDatabase({ superuser: credential(await bed.makeMaster(username)) });
  const before = bed.superuserReads;
  await (await open(database, username)).close();
  expect(bed.superuserReads - before).toBe(0);
  await (await database.loginAsSuperuser(username))?.close();
  expect(bed.superuserReads - before).toBe(1);
});

test('sets the password of a user whose name needs quoting', async () => {
  const name = `O'Neil "main" \\ 7`;
  await bed.server.createRole({ name, password: FIRST });
  await asSuperuser(await bed.makeMaster(name), name, async (session) => {
    await session.check();
    await session.change(TO_SECOND);
  });
  await (await open(bed.makeDatabase(), name, SECOND)).close();
});

test('sets the password of a user that acts as an owner, and acts as its own default role', async () => {
  const { one } = await bed.makeOwner();
  const master = await bed.makeMaster(one);
  const powers = `${master}_powers`;
  // CREATEROLE is not inherited: without its default role this superuser may change nothing.
  await bed.server.query(
    `ALTER ROLE ${master} NOCREATEROLE; CREATE ROLE ${powers} CREATEROLE; GRANT ${powers} TO ${master}; ` +
      `GRANT ${one} TO ${powers} WITH ADMIN TRUE; ALTER ROLE ${master} SET role TO ${powers}`,
  );
  await asSuperuser(master, one, async (session) => {
    await session.check();
    await session.rehearse(TO_SECOND);
    await session.change(TO_SECOND);
  });
  await (await open(bed.makeDatabase(), one, SECOND)).close();
});

test.each([
  ['the ADMIN option on the role', 'REVOKE ADMIN OPTION FOR {user} FROM {master}'],
  ['CREATEROLE', 'ALTER ROLE {master} NOCREATEROLE'],
])('fails when the superuser lacks %s, and says what to grant', async (_what, statement) => {
  const username = await bed.makeRole();
  const master = await bed.makeMaster(username);
  await bed.server.query(statement.replace('{user}', username).replace('{master}', master));
  await asSuperuser(master, username, async (session) => {
    await session.check();
    for (const verb of ['rehearse', 'change'] as const) {
      const error = await failureOf(session[verb](TO_SECOND));
      expect(error).toBeInstanceOf(NotPermittedError);
      expect(error.message).toContain(
        `the superuser ${master} may not change the password of ${username}`,
      );
      expect(error.remedy).toContain(`GRANT ${username} TO ${master} WITH ADMIN OPTION`);
    }
  });
  await (await open(bed.makeDatabase(), username)).close();
});

test('fails when passwords may be changed by members of rds_password only, and says so', async () => {
  const username = await bed.makeRole();
  const superuser = credential(await bed.makeMaster(username));
  const { database, faults, close } = await bed.makeFaulty({ superuser });
  const message = 'must be a member of rds_password to alter passwords';
  faults.add({
    call: 'postgres:query:ALTER ROLE',
    fault: { kind: 'refuse', code: '42501', message },
  });
  const session = await database.loginAsSuperuser(username);
  const error = await failureOf(session?.rehearse(TO_SECOND) ?? Promise.resolve());
  await session?.close();
  await close();
  expect(error.remedy).toContain('rds_password');
});

test('fails when the user may not log in', async () => {
  const username = await bed.makeRole();
  const master = await bed.makeMaster(username);
  await bed.server.query(`ALTER ROLE ${username} NOLOGIN`);
  await asSuperuser(master, username, async (session) => {
    const error = await failureOf(session.check());
    expect(error).toBeInstanceOf(NotPermittedError);
    expect(error.remedy).toBe(`ALTER ROLE "${username}" LOGIN`);
  });
});

test('fails when the superuser is refused, and names the secret to mend', async () => {
  const username = await bed.makeRole();
  const database = bed.makeDatabase({
    config: { superuserSecretArn: SECRET_ARN },
    superuser: credential('nobody_at_all'),
  });
  const error = await failureOf(database.loginAsSuperuser(username));
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toContain('the database refuses the superuser nobody_at_all');
  expect(error.remedy).toContain(SECRET_ARN);
});

test('fails when the superuser may not log in, and says why', async () => {
  const username = await bed.makeRole();
  const master = await bed.makeMaster(username);
  await bed.server.query(`ALTER ROLE ${master} NOLOGIN`);
  const database = bed.makeDatabase({ superuser: credential(master) });
  const error = await failureOf(database.loginAsSuperuser(username));
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(String(error.cause)).toContain('not permitted to log in');
});

test('puts no password of anybody into the log of the server', async () => {
  const username = await bed.makeRole();
  await asSuperuser(await bed.makeMaster(username), username, async (session) => {
    await session.change(TO_SECOND);
  });
  const log = bed.server.log();
  expect(log).toContain(`statement: ALTER ROLE "${username}" PASSWORD 'SCRAM-SHA-256$4096:`);
  expect(log).not.toContain(FIRST);
  expect(log).not.toContain(SECOND);
});
