import { inspect } from 'node:util';
import type { Credential } from '../../lambda/domain/credential.ts';
import {
  DatabaseUnreachableError,
  LockstepError,
  OutcomeUnknownError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database, DatabaseSession } from '../../lambda/ports/database.ts';

/**
 * A database with one user, which keeps no old password: overlap is off, or there is none. What it does with overlap on is
 * for overlap-contract.ts, what its superuser does for superuser-contract.ts. Beside the database, what a test must do to
 * it behind the adapter's back.
 */
export interface DatabaseFixture {
  readonly database: Database;
  readonly username: string;
  /** How many logins of the user the server itself refused so far. */
  refusedLogins(): number;
  /** The next statement that sets the password takes effect, and the line is cut before the answer. */
  loseReplyOfChange(): void;
  /** The line is cut before the next statement that sets the password takes effect. */
  loseRequestOfChange(): void;
  /** The server gives no usable answer to the next login. */
  loseNextLogin(): void;
  close(): Promise<void>;
}

/** The password that opens a new fixture, and others that the server's rules take. */
export const FIRST = 'First_password_01';
export const SECOND = 'Second_password_02';
export const THIRD = 'Third_password_03';
export const FOURTH = 'Fourth_password_04';

/**
 * What every adapter of the port Database promises, and every stand-in for one.
 *
 * @param make makes a database whose user has the password FIRST; called for each test
 */
export function describeDatabaseContract(
  name: string,
  make: () => Promise<DatabaseFixture>,
  traits: {
    readonly canTakeBack: boolean;
    /** A password that the server refuses by its rules, where it has any. */
    readonly refusedByPolicy?: string;
  },
): void {
  describe(`${name}: Database`, () => {
    let fixture: DatabaseFixture;

    beforeEach(async () => {
      fixture = await make();
    });

    afterEach(async () => {
      await fixture.close();
    });

    function credential(password: string, username = fixture.username): Credential {
      return { username, password: new Password(password) };
    }

    async function open(password: string): Promise<DatabaseSession> {
      const session = await fixture.database.login(credential(password));
      if (session === 'refused') throw new Error('the login was refused');
      return session;
    }

    async function opens(password: string): Promise<boolean> {
      const session = await fixture.database.login(credential(password));
      if (session === 'refused') return false;
      await session.close();
      return true;
    }

    async function change(from: string, to: string): Promise<void> {
      const session = await open(from);
      try {
        const outcome = await session.change({ from: new Password(from), to: new Password(to) });
        expect(outcome).toBe('changed');
      } finally {
        await session.close();
      }
    }

    test('says whether its change can be taken back', () => {
      expect(fixture.database.canTakeBack).toBe(traits.canTakeBack);
    });

    test('opens a session with the right password, which is the own one of the user', async () => {
      const session = await open(FIRST);
      await expect(session.check()).resolves.toBeUndefined();
      await session.close();
      expect(fixture.refusedLogins()).toBe(0);
    });

    test('refuses a wrong password, and asks the server once only', async () => {
      await expect(fixture.database.login(credential(SECOND))).resolves.toBe('refused');
      expect(fixture.refusedLogins()).toBe(1);
    });

    test('refuses a user that it does not know', async () => {
      await expect(fixture.database.login(credential(FIRST, 'stranger'))).resolves.toBe('refused');
    });

    test('changes the password: the new one opens it, the old one no longer', async () => {
      await change(FIRST, SECOND);
      await expect(opens(SECOND)).resolves.toBe(true);
      await expect(opens(FIRST)).resolves.toBe(false);
    });

    test('keeps the session that made the change', async () => {
      const session = await open(FIRST);
      await session.change({ from: new Password(FIRST), to: new Password(SECOND) });
      await expect(session.check()).resolves.toBeUndefined();
      await session.close();
    });

    test('changes the password again in another session', async () => {
      await change(FIRST, SECOND);
      await change(SECOND, THIRD);
      await expect(opens(THIRD)).resolves.toBe(true);
      await expect(opens(SECOND)).resolves.toBe(false);
    });

    if (traits.canTakeBack) {
      test('sets the same password twice', async () => {
        await change(FIRST, SECOND);
        await change(SECOND, SECOND);
        await expect(opens(SECOND)).resolves.toBe(true);
      });

      test('takes a change back', async () => {
        await change(FIRST, SECOND);
        await change(SECOND, FIRST);
        await expect(opens(FIRST)).resolves.toBe(true);
        await expect(opens(SECOND)).resolves.toBe(false);
      });
    } else {
      test.each([
        ['the same password again', SECOND],
        ['the one before', FIRST],
      ])('fails when asked for %s, and changes nothing', async (_what, again) => {
        await change(FIRST, SECOND);
        await expect(change(SECOND, again)).rejects.toThrow(PasswordPolicyError);
        await expect(opens(SECOND)).resolves.toBe(true);
      });
    }

    const { refusedByPolicy } = traits;
    if (refusedByPolicy !== undefined) {
      test('fails when the rules refuse the new password, and changes nothing', async () => {
        await expect(change(FIRST, refusedByPolicy)).rejects.toThrow(PasswordPolicyError);
        await expect(opens(FIRST)).resolves.toBe(true);
      });
    }

    test('changes nothing in a rehearsal, after which the change can be made', async () => {
      const session = await open(FIRST);
      await expect(session.rehearse({ to: new Password(SECOND) })).resolves.toEqual({
        keptForMs: 0,
        standing: 'newest',
      });
      await expect(opens(FIRST)).resolves.toBe(true);
      await expect(opens(SECOND)).resolves.toBe(false);
      await session.change({ from: new Password(FIRST), to: new Password(SECOND) });
      await session.close();
      await expect(opens(SECOND)).resolves.toBe(true);
    });

    test('has no second password to end, and changes nothing when it is told to', async () => {
      const session = await open(FIRST);
      await expect(session.endOverlap(new Password(FIRST))).resolves.toBeUndefined();
      await session.close();
      await expect(opens(FIRST)).resolves.toBe(true);
    });

    test('closes a session twice', async () => {
      const session = await open(FIRST);
      await session.close();
      await expect(session.close()).resolves.toBeUndefined();
    });

    test('fails when a closed session is used', async () => {
      const session = await open(FIRST);
      await session.close();
      await expect(session.check()).rejects.toBeInstanceOf(LockstepError);
    });

    test('fails when the answer of a change is lost, with the change made', async () => {
      const session = await open(FIRST);
      fixture.loseReplyOfChange();
      await expect(
        session.change({ from: new Password(FIRST), to: new Password(SECOND) }),
      ).rejects.toThrow(OutcomeUnknownError);
      await session.close();
      await expect(opens(SECOND)).resolves.toBe(true);
    });

    test('fails when the change itself is lost, with the password as it was', async () => {
      const session = await open(FIRST);
      fixture.loseRequestOfChange();
      await expect(
        session.change({ from: new Password(FIRST), to: new Password(SECOND) }),
      ).rejects.toThrow(OutcomeUnknownError);
      await session.close();
      await expect(opens(FIRST)).resolves.toBe(true);
    });

    test('fails when the server gives no usable answer: that is no refused login', async () => {
      fixture.loseNextLogin();
      await expect(fixture.database.login(credential(FIRST))).rejects.toThrow(
        DatabaseUnreachableError,
      );
      expect(fixture.refusedLogins()).toBe(0);
      await expect(opens(FIRST)).resolves.toBe(true);
    });

    test('shows no password in any error', async () => {
      const failures: unknown[] = [];
      const keep = (error: unknown): void => {
        failures.push(error);
      };
      const session = await open(FIRST);
      fixture.loseReplyOfChange();
      const lost = session.change({ from: new Password(FIRST), to: new Password(SECOND) });
      await lost.catch(keep);
      await session.check().catch(keep);
      await session.close();
      fixture.loseNextLogin();
      await fixture.database.login(credential(SECOND)).catch(keep);
      if (refusedByPolicy !== undefined) await change(SECOND, refusedByPolicy).catch(keep);
      expect(failures).toHaveLength(refusedByPolicy === undefined ? 3 : 4);
      for (const failure of failures) {
        expect(failure).toBeInstanceOf(LockstepError);
        const shown = inspect(failure, { depth: 20, showHidden: true });
        for (const secret of [FIRST, SECOND, refusedByPolicy ?? FIRST]) {
          expect(shown).not.toContain(secret);
        }
      }
    });
  });
}
