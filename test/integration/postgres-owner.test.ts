import { DatabaseUnreachableError, SessionUserError } from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { DatabaseSession } from '../../lambda/ports/database.ts';
import { FIRST, SECOND } from '../contract/database-contract.ts';
import { credential, failureOf, open } from './database-logins.ts';
import type { PostgresBed } from './postgres-bed.ts';
import { usePostgres } from './shared-postgres.ts';

const TO_SECOND = { from: new Password(FIRST), to: new Password(SECOND) };

let bed: PostgresBed;

usePostgres((shared) => {
  bed = shared;
});

async function inSession<Value>(
  username: string,
  config: { readonly ownerRole: string; readonly testQuery?: string },
  work: (session: DatabaseSession) => Promise<Value>,
  password = FIRST,
): Promise<Value> {
  const session = await open(bed.makeDatabase({ config }), username, password);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

describe('two users that act as one owner', () => {
  test('either alters what the other created, before and after a change of passwords', async () => {
    const { owner: ownerRole, one, other } = await bed.makeOwner();
    const check = async (session: DatabaseSession): Promise<void> => {
      await session.check();
    };
    const creating = { ownerRole, testQuery: `CREATE TABLE of_${one} (id integer)` };
    await inSession(one, creating, check);
    await inSession(other, { ownerRole }, async (session) => {
      await session.change(TO_SECOND);
    });
    const altering = { ownerRole, testQuery: `ALTER TABLE of_${one} ADD note text` };
    await inSession(other, altering, check, SECOND);
    await inSession(one, { ownerRole, testQuery: `DROP TABLE of_${one}` }, check);
  });

  test('the change is that of the login role, not of the owner, and leaves the other user alone', async () => {
    const { owner: ownerRole, one, other } = await bed.makeOwner();
    await inSession(one, { ownerRole }, async (session) => {
      await session.check();
      await expect(session.rehearse(TO_SECOND)).resolves.toEqual({
        keptForMs: 0,
        standing: 'newest',
      });
      await expect(session.change(TO_SECOND)).resolves.toBe('changed');
      // Acting as the owner again.
      await session.check();
    });
    const database = bed.makeDatabase({ config: { ownerRole } });
    await (await open(database, one, SECOND)).close();
    await expect(database.login(credential(one))).resolves.toBe('refused');
    await (await open(database, other)).close();
    const [row] = await bed.server.query(
      `SELECT rolpassword FROM pg_authid WHERE rolname = '${ownerRole}'`,
    );
    expect(row).toEqual({ rolpassword: null });
  });

  test('the session is as it was after a change that the server refuses', async () => {
    const { owner: ownerRole, one } = await bed.makeOwner();
    const { database, faults, close } = await bed.makeFaulty({ config: { ownerRole } });
    const session = await open(database, one);
    const fault = { kind: 'refuse', code: '22023', message: 'too weak' } as const;
    faults.add({ call: 'postgres:query:ALTER ROLE', fault, times: 2 });
    await expect(session.rehearse(TO_SECOND)).rejects.toThrow('refuses the new password');
    await expect(session.change(TO_SECOND)).rejects.toThrow('refuses the new password');
    await session.check();
    await session.change(TO_SECOND);
    await session.close();
    await close();
    await (await open(bed.makeDatabase({ config: { ownerRole } }), one, SECOND)).close();
  });

  test('fails when the line breaks before the change is begun, with nothing changed', async () => {
    const { owner: ownerRole, one } = await bed.makeOwner();
    const { database, faults, close } = await bed.makeFaulty({ config: { ownerRole } });
    const session = await open(database, one);
    faults.add({ call: 'postgres:query:BEGIN', fault: { kind: 'loseReply' } });
    await expect(session.change(TO_SECOND)).rejects.toThrow(DatabaseUnreachableError);
    await session.close();
    await close();
    await (await open(bed.makeDatabase({ config: { ownerRole } }), one)).close();
  });
});

describe('a user that does not act as the owner', () => {
  test.each([
    ['it is no member any more', 'REVOKE {owner} FROM {user}'],
    ['it is a member that may not act so', 'GRANT {owner} TO {user} WITH SET FALSE'],
    ['it has no default role', 'ALTER ROLE {user} RESET role'],
  ])('fails when %s, though the login succeeds', async (_why, statement) => {
    const { owner: ownerRole, one } = await bed.makeOwner();
    await bed.server.query(statement.replace('{owner}', ownerRole).replace('{user}', one));
    const error = await inSession(
      one,
      { ownerRole },
      async (session) => await failureOf(session.check()),
    );
    expect(error).toBeInstanceOf(SessionUserError);
    expect(error.message).toContain(`the session is ${one}'s and acts as ${one}`);
    expect(error.remedy).toContain(`ALTER ROLE "${one}" SET role TO "${ownerRole}"`);
  });

  test('fails when it acts as another role than the configured one', async () => {
    const { one } = await bed.makeOwner();
    const { owner: another } = await bed.makeOwner();
    const error = await inSession(
      one,
      { ownerRole: another },
      async (session) => await failureOf(session.check()),
    );
    expect(error).toBeInstanceOf(SessionUserError);
  });
});
