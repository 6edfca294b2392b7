import { OutcomeUnknownError, OverlapError } from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import { FIRST, FOURTH, SECOND, THIRD } from '../contract/database-contract.ts';
import { failureOf } from './database-logins.ts';
import { OracleOverlapBed } from './oracle-overlap-bed.ts';

/** What a DATE of Oracle tells apart. */
const SECOND_MS = 1_000;

let overlap: OracleOverlapBed;

beforeEach(async () => {
  overlap = await OracleOverlapBed.make();
});

afterEach(async () => {
  await overlap.close();
});

describe('two changes side by side', () => {
  test.each(['newest', 'older'] as const)(
    'fails when another one was faster within a rollover (%s): it would end a password that is needed',
    async (standing) => {
      const from = standing === 'newest' ? SECOND : FIRST;
      await overlap.change(FIRST, SECOND);
      overlap.bed.advance(SECOND_MS);
      const [one, other] = [await overlap.session(from), await overlap.session(from)];
      for (const each of [one, other]) await each.rehearse({ to: new Password(THIRD) });
      await one.change({ to: new Password(THIRD), standing });
      const error = await failureOf(other.change({ to: new Password(FOURTH), standing }));
      expect(error).toBeInstanceOf(OutcomeUnknownError);
      expect(error.retryability).toBe('retryable');
      expect(error.message).toContain('somebody else has changed the password in the meantime');
      expect(overlap.opening()).toEqual([from, THIRD]);
    },
  );

  test.each(['with', 'without'])(
    'fails when another one has begun a rollover, %s the time of it',
    async (time) => {
      const other = await overlap.session(FIRST);
      if (time === 'without') overlap.refuseStatement('ORA-00904');
      await other.rehearse({ to: new Password(THIRD) });
      await overlap.change(FIRST, SECOND);
      if (time === 'without') overlap.refuseStatement('ORA-00904');
      await expect(other.change({ to: new Password(THIRD) })).rejects.toThrow(OutcomeUnknownError);
      expect(overlap.opening()).toEqual([FIRST, SECOND]);
    },
  );

  test('fails when a password is to be ended for one that another change has made the older', async () => {
    await overlap.change(FIRST, SECOND);
    overlap.bed.advance(SECOND_MS);
    const ending = await overlap.session(SECOND);
    await ending.rehearse({ to: new Password(SECOND) });
    await overlap.change(SECOND, THIRD);
    await expect(ending.endOverlap(new Password(SECOND))).rejects.toThrow(OverlapError);
    expect(overlap.opening()).toEqual([SECOND, THIRD]);
  });
});
