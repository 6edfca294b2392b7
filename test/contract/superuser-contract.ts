import { inspect } from 'node:util';
import {
  ConfigurationError,
  LockstepError,
  OutcomeUnknownError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database, DatabaseSession } from '../../lambda/ports/database.ts';
import { FIRST, SECOND, THIRD } from './database-contract.ts';

/** A server with a superuser and one user of applications, whose password is FIRST. */
export interface SuperuserFixture {
  readonly username: string;
  /**
   * The same server every time, with overlap as it is by default (`auto`), if the engine has any.
   *
   * @param superuser what the superuser secret holds: what opens the server, WRONG_PASSWORD, or there is no such secret
   */
  database(superuser: 'right' | 'wrong' | 'none'): Database;
  /** The next statement that sets the password takes effect, and the line is cut before the answer. */
  loseReplyOfChange(): void;
  close(): Promise<void>;
}

/** What a superuser secret holds that the server refuses. */
export const WRONG_PASSWORD = 'Wrong_superuser_password_01';

/**
 * What every adapter of the port Database promises of its superuser, and every stand-in for one.
 *
 * @param make makes a server and its users; called for each test
 */
export function describeSuperuserContract(
  name: string,
  make: () => Promise<SuperuserFixture>,
): void {
  describe(`${name}: superuser`, () => {
    let fixture: SuperuserFixture;

    beforeEach(async () => {
      fixture = await make();
    });

    afterEach(async () => {
      await fixture.close();
    });

    async function asSuperuser<Value>(
      work: (session: DatabaseSession) => Promise<Value>,
      username = fixture.username,
    ): Promise<Value> {
      const session = await fixture.database('right').loginAsSuperuser(username);
      if (session === undefined) throw new Error('there is no superuser');
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    }

    /** The passwords that log in now. */
    async function accepted(): Promise<readonly string[]> {
      const opening: string[] = [];
      for (const text of [FIRST, SECOND, THIRD]) {
        const { username } = fixture;
        const credential = { username, password: new Password(text) };
        const session = await fixture.database('none').login(credential);
        if (session === 'refused') continue;
        opening.push(text);
        await session.close();
      }
      return opening;
    }

    test('is not there where none is configured', async () => {
      const session = fixture.database('none').loginAsSuperuser(fixture.username);
      await expect(session).resolves.toBeUndefined();
    });

    test('sees that there is such a user', async () => {
      await asSuperuser(async (session) => {
        await expect(session.check()).resolves.toBeUndefined();
      });
    });

    test('fails when there is no such user', async () => {
      const looking = asSuperuser(async (session) => {
        await session.check();
      }, 'stranger');
      await expect(looking).rejects.toThrow(ConfigurationError);
    });

    test('sets the password of the user without knowing it', async () => {
      await asSuperuser(async (session) => {
        await session.check();
        await expect(session.change({ to: new Password(SECOND) })).resolves.toBe('changed');
      });
      await expect(accepted()).resolves.toEqual([SECOND]);
    });

    test('ends every other password of the user, those that overlap too', async () => {
      const session = await fixture
        .database('right')
        .login({ username: fixture.username, password: new Password(FIRST) });
      if (session === 'refused') throw new Error('the login was refused');
      await session.change({ from: new Password(FIRST), to: new Password(SECOND) });
      await session.close();
      await asSuperuser(async (superuser) => {
        await superuser.change({ to: new Password(THIRD) });
      });
      await expect(accepted()).resolves.toEqual([THIRD]);
    });

    test('changes nothing in a rehearsal, after which the change can be made', async () => {
      await asSuperuser(async (session) => {
        await expect(session.rehearse({ to: new Password(SECOND) })).resolves.toEqual({
          keptForMs: 0,
          standing: 'newest',
        });
        await expect(accepted()).resolves.toEqual([FIRST]);
        await session.change({ to: new Password(SECOND) });
      });
      await expect(accepted()).resolves.toEqual([SECOND]);
    });

    test('fails when the answer of a change is lost, with the change made', async () => {
      await asSuperuser(async (session) => {
        await session.check();
        fixture.loseReplyOfChange();
        await expect(session.change({ to: new Password(SECOND) })).rejects.toThrow(
          OutcomeUnknownError,
        );
      });
      await expect(accepted()).resolves.toContain(SECOND);
    });

    test('fails when the server refuses it, and says which secret to mend without a password', async () => {
      const failure = await fixture
        .database('wrong')
        .loginAsSuperuser(fixture.username)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect((failure as LockstepError).remedy).toContain('superuser secret');
      const shown = inspect(failure, { depth: 20, showHidden: true });
      expect(shown).not.toContain(WRONG_PASSWORD);
      await expect(accepted()).resolves.toEqual([FIRST]);
    });

    test('fails when a closed session is used, and may be closed twice', async () => {
      const session = await fixture.database('right').loginAsSuperuser(fixture.username);
      await session?.close();
      await expect(session?.close()).resolves.toBeUndefined();
      await expect(session?.check()).rejects.toBeInstanceOf(LockstepError);
    });
  });
}
