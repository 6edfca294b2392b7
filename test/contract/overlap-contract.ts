import {
  OutcomeUnknownError,
  OverlapError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database, DatabaseSession, PasswordChange } from '../../lambda/ports/database.ts';
import { FIRST, FOURTH, SECOND, THIRD } from './database-contract.ts';

/** One user of a server that can keep two passwords valid. The user begins with the password FIRST. */
export interface OverlapFixture {
  readonly username: string;
  /** The same server and user every time, with another setting of `overlap`. */
  database(overlap: 'auto' | 'require' | 'off'): Database;
  /**
   * Takes away what overlap needs: the privilege (MySQL), the rollover of the profile (Oracle), the superuser (MariaDB).
   * Holds for databases that are asked for afterwards.
   */
  withholdMeans(): Promise<void>;
  /** The next statement that sets the password takes effect, and the line is cut before the answer. */
  loseReplyOfChange(): void;
  close(): Promise<void>;
}

/** In what the engines differ. */
export interface OverlapTraits {
  /** What a rehearsal says of the old password: how long it stays valid, in milliseconds. */
  readonly keptForMs: number;
  /**
   * Who knows which of two valid passwords was set last:
   * - `server`: it compares, and a change that goes out from the older one is told so (MySQL).
   * - `caller`: the server does not tell, so `standing` must be right. It refuses passwords used before (Oracle).
   * - `nobody`: it makes no difference, because a change names both passwords (MariaDB).
   */
  readonly decides: 'server' | 'caller' | 'nobody';
}

const ALL = [FIRST, SECOND, THIRD, FOURTH];

/**
 * What every adapter of the port Database promises of overlap, and every stand-in for one.
 *
 * @param make makes a server and its user; called for each test
 */
export function describeOverlapContract(
  name: string,
  make: () => Promise<OverlapFixture>,
  traits: OverlapTraits,
): void {
  describe(`${name}: overlap`, () => {
    let fixture: OverlapFixture;

    beforeEach(async () => {
      fixture = await make();
    });

    afterEach(async () => {
      await fixture.close();
    });

    async function open(
      database: Database,
      password: string,
    ): Promise<DatabaseSession | 'refused'> {
      return await database.login({
        username: fixture.username,
        password: new Password(password),
      });
    }

    /** The passwords that log in now. */
    async function accepted(): Promise<readonly string[]> {
      const opening: string[] = [];
      for (const password of ALL) {
        const session = await open(fixture.database('auto'), password);
        if (session === 'refused') continue;
        opening.push(password);
        await session.close();
      }
      return opening;
    }

    async function inSession<Value>(
      { by, overlap = 'auto' }: { by: string; overlap?: 'auto' | 'require' | 'off' },
      work: (session: DatabaseSession) => Promise<Value>,
    ): Promise<Value> {
      const session = await open(fixture.database(overlap), by);
      if (session === 'refused') throw new Error('the login was refused');
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    }

    /** A session opened with `from` sets `to`, as a rotation does: it looks first. */
    async function change(
      { from, to, standing = 'newest' }: Told,
      overlap: 'auto' | 'require' | 'off' = 'auto',
    ): Promise<'changed' | 'from-is-older'> {
      return await inSession({ by: from, overlap }, async (session) => {
        await session.rehearse({ to: new Password(to) });
        return await session.change({ ...passwords(from, to), standing });
      });
    }

    /** As the caller tells it where only the caller can. */
    const older = traits.decides === 'caller' ? 'older' : 'newest';

    test('says how long the old password will stay', async () => {
      const rehearsal = await inSession(
        { by: FIRST },
        async (session) => await session.rehearse({ to: new Password(SECOND) }),
      );
      expect(rehearsal).toEqual({ keptForMs: traits.keptForMs, standing: 'newest' });
      await expect(accepted()).resolves.toEqual([FIRST]);
    });

    test('keeps the old password beside the new one', async () => {
      await expect(change({ from: FIRST, to: SECOND })).resolves.toBe('changed');
      await expect(accepted()).resolves.toEqual([FIRST, SECOND]);
    });

    test('keeps the old password where overlap is required', async () => {
      await expect(change({ from: FIRST, to: SECOND }, 'require')).resolves.toBe('changed');
      await expect(accepted()).resolves.toEqual([FIRST, SECOND]);
    });

    test('says of two valid passwords only what it knows', async () => {
      await change({ from: FIRST, to: SECOND });
      const standing = traits.decides === 'caller' ? 'one-of-two' : 'newest';
      for (const by of [FIRST, SECOND]) {
        const rehearsal = await inSession(
          { by },
          async (session) => await session.rehearse({ to: new Password(THIRD) }),
        );
        expect(rehearsal).toEqual({ keptForMs: traits.keptForMs, standing });
      }
      await expect(accepted()).resolves.toEqual([FIRST, SECOND]);
    });

    test('a change that goes out from the newest password keeps that one', async () => {
      await change({ from: FIRST, to: SECOND });
      await expect(change({ from: SECOND, to: THIRD })).resolves.toBe('changed');
      await expect(accepted()).resolves.toEqual([SECOND, THIRD]);
      await expect(change({ from: THIRD, to: FOURTH })).resolves.toBe('changed');
      await expect(accepted()).resolves.toEqual([THIRD, FOURTH]);
    });

    test('a change that goes out from the older password, and says so, replaces the newer one', async () => {
      await change({ from: FIRST, to: SECOND });
      const again = { from: FIRST, to: THIRD, standing: 'older' } as const;
      await expect(change(again)).resolves.toBe('changed');
      await expect(accepted()).resolves.toEqual([FIRST, THIRD]);
    });

    if (traits.decides === 'server') {
      test('tells a change that wrongly takes the older password for the newest, and changes nothing', async () => {
        await change({ from: FIRST, to: SECOND });
        await expect(change({ from: FIRST, to: THIRD })).resolves.toBe('from-is-older');
        await expect(accepted()).resolves.toEqual([FIRST, SECOND]);
      });
    }

    test('never loses the old password, however often a change is repeated', async () => {
      await inSession({ by: FIRST }, async (session) => {
        await session.rehearse({ to: new Password(SECOND) });
        // A rehearsal may send such a statement too.
        fixture.loseReplyOfChange();
        await expect(session.change(passwords(FIRST, SECOND))).rejects.toThrow(OutcomeUnknownError);
      });
      await expect(accepted()).resolves.toEqual([FIRST, SECOND]);
      for (let repetition = 1; repetition <= 3; repetition += 1) {
        const again = change({ from: FIRST, to: SECOND, standing: older });
        if (traits.decides === 'server') await expect(again).resolves.toBe('from-is-older');
        if (traits.decides === 'nobody') await expect(again).resolves.toBe('changed');
        if (traits.decides === 'caller') await expect(again).rejects.toThrow(PasswordPolicyError);
        await expect(accepted()).resolves.toEqual([FIRST, SECOND]);
      }
    });

    test('ends the old password when it is told to, and may be told again', async () => {
      await change({ from: FIRST, to: SECOND });
      for (let repetition = 1; repetition <= 2; repetition += 1) {
        await inSession({ by: SECOND }, async (session) => {
          await session.endOverlap(new Password(SECOND));
        });
        await expect(accepted()).resolves.toEqual([SECOND]);
      }
      await expect(change({ from: SECOND, to: THIRD })).resolves.toBe('changed');
      await expect(accepted()).resolves.toEqual([SECOND, THIRD]);
    });

    if (traits.decides !== 'caller') {
      test('fails when it is to end the newest password for an older one, and changes nothing', async () => {
        await change({ from: FIRST, to: SECOND });
        const ending = inSession({ by: FIRST }, async (session) => {
          await session.endOverlap(new Password(FIRST));
        });
        await expect(ending).rejects.toThrow(OverlapError);
        await expect(accepted()).resolves.toEqual([FIRST, SECOND]);
      });
    }

    test('keeps no old password where overlap is off', async () => {
      const rehearsal = await inSession(
        { by: FIRST, overlap: 'off' },
        async (session) => await session.rehearse({ to: new Password(SECOND) }),
      );
      expect(rehearsal.keptForMs).toBe(0);
      await expect(change({ from: FIRST, to: SECOND }, 'off')).resolves.toBe('changed');
      await expect(accepted()).resolves.toEqual([SECOND]);
    });

    test.each([
      ['newest', SECOND],
      ['older', FIRST],
    ])('ends both passwords where overlap is off, going out from the %s', async (_which, from) => {
      await change({ from: FIRST, to: SECOND });
      // Nobody says which it is: where nothing is kept, a rotation does not ask.
      const outcome = await change({ from, to: THIRD }, 'off');
      if (outcome === 'from-is-older') await change({ from, to: THIRD, standing: 'older' }, 'off');
      await expect(accepted()).resolves.toEqual([THIRD]);
    });

    describe('without the means', () => {
      beforeEach(async () => {
        await fixture.withholdMeans();
      });

      test('keeps no old password, and says so', async () => {
        const rehearsal = await inSession(
          { by: FIRST },
          async (session) => await session.rehearse({ to: new Password(SECOND) }),
        );
        expect(rehearsal).toEqual({ keptForMs: 0, standing: 'newest' });
        await expect(change({ from: FIRST, to: SECOND })).resolves.toBe('changed');
        await expect(accepted()).resolves.toEqual([SECOND]);
      });

      test('fails when overlap is required, and changes nothing', async () => {
        await inSession({ by: FIRST, overlap: 'require' }, async (session) => {
          const to = new Password(SECOND);
          await expect(session.rehearse({ to })).rejects.toThrow(OverlapError);
          await expect(session.change(passwords(FIRST, SECOND))).rejects.toThrow(OverlapError);
        });
        await expect(accepted()).resolves.toEqual([FIRST]);
      });
    });
  });
}

interface Told {
  readonly from: string;
  readonly to: string;
  readonly standing?: 'newest' | 'older';
}

function passwords(from: string, to: string): Pick<PasswordChange, 'from' | 'to'> {
  return { from: new Password(from), to: new Password(to) };
}
