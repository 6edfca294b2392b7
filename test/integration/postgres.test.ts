import { inspect } from 'node:util';
import { Client } from 'pg';
import {
  DatabaseError,
  DatabaseUnreachableError,
  DeadlineError,
  NotPermittedError,
  OutcomeUnknownError,
  PasswordPolicyError,
  SessionUserError,
  TestQueryError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import {
  describeDatabaseContract,
  FIRST,
  SECOND,
  type DatabaseFixture,
} from '../contract/database-contract.ts';
import { credential, failureOf, open } from './database-logins.ts';
import { Time } from './database-time.ts';
import type { PostgresBed } from './postgres-bed.ts';
import { usePostgres } from './shared-postgres.ts';

const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };
/** Of a password that nobody has: it holds the role's row and is rolled back. */
const NO_ONES_VERIFIER =
  'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

let bed: PostgresBed;

usePostgres((shared) => {
  bed = shared;
});

async function makeFixture(): Promise<DatabaseFixture> {
  const username = await bed.makeRole();
  const { database, faults, close } = await bed.makeFaulty();
  const strike = (call: string, kind: 'loseReply' | 'loseRequest'): void => {
    faults.add({ call, fault: { kind } });
  };
  return {
    database,
    username,
    refusedLogins: () => bed.server.refusedLogins(username),
    loseReplyOfChange: () => {
      strike('postgres:query:ALTER ROLE', 'loseReply');
    },
    loseRequestOfChange: () => {
      strike('postgres:query:ALTER ROLE', 'loseRequest');
    },
    loseNextLogin: () => {
      strike('postgres:connect', 'loseRequest');
    },
    close,
  };
}

describeDatabaseContract('PostgreSQL 18', makeFixture, { canTakeBack: true });

describe('check', () => {
  test('runs the configured test query', async () => {
    const session = await open(
      bed.makeDatabase({ config: { testQuery: 'SELECT 1/1' } }),
      await bed.makeRole(),
    );
    await expect(session.check()).resolves.toBeUndefined();
    await session.close();
  });

  test('fails when the test query fails, and says with which SQLSTATE', async () => {
    const database = bed.makeDatabase({ config: { testQuery: 'SELECT * FROM pg_authid' } });
    const session = await open(database, await bed.makeRole());
    const error = await failureOf(session.check());
    await session.close();
    expect(error).toBeInstanceOf(TestQueryError);
    expect(error.message).toContain('the configured test query failed with SQLSTATE 42501');
  });

  test('fails when the test query takes too long', async () => {
    const database = bed.makeDatabase({
      config: { testQuery: 'SELECT pg_sleep(5)' },
      time: new Time().leave(1_500),
    });
    const session = await open(database, await bed.makeRole());
    const error = await failureOf(session.check());
    await session.close();
    expect(error.message).toContain('57014');
  });

  test('fails when the role acts as another one', async () => {
    const { one, owner } = await bed.makeOwner();
    const session = await open(bed.makeDatabase(), one);
    const error = await failureOf(session.check());
    await session.close();
    expect(error).toBeInstanceOf(SessionUserError);
    expect(error.message).toContain(`the session is ${one}'s and acts as ${owner}`);
    expect(error.remedy).toContain(`ALTER ROLE "${one}" RESET role`);
  });
});

describe('the change', () => {
  test('is made for a user name that needs quoting, by whom reads only by default', async () => {
    const name = 'App "main" 7';
    await bed.server.createRole({ name, password: FIRST });
    await bed.server.query(`ALTER ROLE "App ""main"" 7" SET default_transaction_read_only TO on`);
    const session = await open(bed.makeDatabase(), name);
    await session.check();
    await session.change(TO_SECOND);
    await session.close();
    await (await open(bed.makeDatabase(), name, SECOND)).close();
  });

  test('sets a password that a person chose so that it opens, spaces and all', async () => {
    const username = await bed.makeRole();
    const chosen = 'Gr\u00FC\u00DFe aus \u2168 \u4E2D\u6587';
    const session = await open(bed.makeDatabase(), username);
    await session.change({ from: new Password(FIRST), to: new Password(chosen) });
    await session.close();
    await (await open(bed.makeDatabase(), username, chosen)).close();
  });

  test('takes two calls to the server, and a rehearsal three', async () => {
    const { database, faults, close } = await bed.makeFaulty();
    const session = await open(database, await bed.makeRole());
    await session.check();
    await session.rehearse(TO_SECOND);
    await session.change(TO_SECOND);
    await session.close();
    await close();
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

  test('uses the iterations that the server asks for', async () => {
    const username = await bed.makeRole();
    await bed.server.query(`ALTER ROLE ${username} SET scram_iterations TO 5000`);
    const session = await open(bed.makeDatabase(), username);
    await session.change(TO_SECOND);
    await session.close();
    const [row] = await bed.server.query(
      `SELECT left(rolpassword, 19) AS head FROM pg_authid WHERE rolname = '${username}'`,
    );
    expect(row).toEqual({ head: 'SCRAM-SHA-256$5000:' });
  });

  test('puts no password into statements or into the log of the server', async () => {
    const username = await bed.makeRole();
    const session = await open(bed.makeDatabase(), username);
    await session.rehearse(TO_SECOND);
    await session.change(TO_SECOND);
    await session.close();
    const log = bed.server.log();
    expect(log).toContain(`statement: ALTER ROLE "${username}" PASSWORD 'SCRAM-SHA-256$4096:`);
    expect(log).not.toContain(FIRST);
    expect(log).not.toContain(SECOND);
  });

  test('fails when another session holds the role, as soon as its time is up', async () => {
    const username = await bed.makeRole();
    const holder = new Client({
      host: 'localhost',
      port: bed.server.port,
      database: bed.server.database,
      user: username,
      password: FIRST,
      ssl: { ca: bed.ca.certificatePem },
    });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(`ALTER ROLE ${username} PASSWORD '${NO_ONES_VERIFIER}'`);
    const session = await open(bed.makeDatabase({ time: new Time().leave(1_500) }), username);
    try {
      for (const verb of ['rehearse', 'change'] as const) {
        const error = await failureOf(session[verb](TO_SECOND));
        expect(error).toBeInstanceOf(DatabaseUnreachableError);
        expect(error.message).toContain('did not finish the statement in time');
      }
    } finally {
      await session.close();
      await holder.end();
    }
    await (await open(bed.makeDatabase(), username)).close();
  });

  test('fails when too little time is left, before anything is sent', async () => {
    const username = await bed.makeRole();
    const time = new Time();
    const session = await open(bed.makeDatabase({ time }), username);
    time.leave(100);
    await expect(session.check()).rejects.toThrow(DeadlineError);
    await expect(session.rehearse(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(session.change(TO_SECOND)).rejects.toThrow(DeadlineError);
    await expect(bed.makeDatabase({ time }).login(credential(username))).rejects.toThrow(
      DeadlineError,
    );
    await session.close();
    await (await open(bed.makeDatabase(), username)).close();
  });

  test('fails without knowing the outcome when the server shuts down at the change', async () => {
    const { database, faults, close } = await bed.makeFaulty();
    const session = await open(database, await bed.makeRole());
    const fault = { kind: 'refuse', code: '57P01', message: 'terminating connection' } as const;
    faults.add({ call: 'postgres:query:ALTER ROLE', fault });
    await expect(session.change(TO_SECOND)).rejects.toThrow(OutcomeUnknownError);
    await session.close();
    await close();
  });

  test.each([
    ['22023', 'password is easily cracked', PasswordPolicyError, 'password rules'],
    ['42501', 'permission denied', NotPermittedError, 'let the role change its own password'],
    [
      '42501',
      'must be a member of rds_password to alter passwords',
      NotPermittedError,
      'rds.restrict_password_commands = 0',
    ],
    [
      '28000',
      'password type is not a plain text',
      NotPermittedError,
      'credcheck.encrypted_password_allowed = on',
    ],
    ['25006', 'cannot execute in a read-only transaction', DatabaseError, 'at the writer'],
    ['55P03', 'canceling statement due to lock timeout', DatabaseUnreachableError, 'locks'],
  ])('tells SQLSTATE %s (%s) by its kind', async (code, message, kind, remedy) => {
    const { database, faults, close } = await bed.makeFaulty();
    const session = await open(database, await bed.makeRole());
    const refuse = { kind: 'refuse', code, message } as const;
    faults.add({ call: 'postgres:query:ALTER ROLE', fault: refuse, times: 2 });
    for (const verb of ['rehearse', 'change'] as const) {
      const error = await failureOf(session[verb](TO_SECOND));
      expect(error).toBeInstanceOf(kind);
      expect(error.remedy).toContain(remedy);
    }
    await session.close();
    await close();
  });
});

test('hides what the server says about a failing statement only where it is secret', async () => {
  const username = await bed.makeRole();
  const testQuery = `SELECT CAST('${FIRST}' AS integer)`;
  const session = await open(bed.makeDatabase({ config: { testQuery } }), username);
  const error = await failureOf(session.check());
  await session.close();
  const shown = inspect(error, { depth: 20, showHidden: true });
  expect(shown).not.toContain(FIRST);
  expect(shown).toContain('invalid input syntax for type integer: "[redacted]"');
});
