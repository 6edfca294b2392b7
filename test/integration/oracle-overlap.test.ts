import {
  DatabaseUnreachableError,
  NotPermittedError,
  OutcomeUnknownError,
  OverlapError,
  PasswordPolicyError,
} from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import { FIRST, FOURTH, SECOND, THIRD } from '../contract/database-contract.ts';
import { failureOf, open } from './database-logins.ts';
import { ACCOUNT, OracleOverlapBed } from './oracle-overlap-bed.ts';

const DAY_MS = 86_400_000;
const EXPIRE = 'ALTER USER "APP" EXPIRE PASSWORD ROLLOVER PERIOD';
const TO_SECOND = { to: new Password(SECOND) };

let overlap: OracleOverlapBed;

beforeEach(async () => {
  overlap = await OracleOverlapBed.make();
});

afterEach(async () => {
  await overlap.close();
});

describe('a change from the newest password', () => {
  test('ends the rollover that is under way first', async () => {
    await overlap.change(FIRST, SECOND);
    await overlap.change(SECOND, THIRD);
    expect(overlap.opening()).toEqual([SECOND, THIRD]);
    expect(overlap.bed.server.sqlTexts).toEqual([ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT, EXPIRE]);
    expect(overlap.bed.server.journal.map(({ kind }) => kind)).toEqual([
      'logon',
      'passwordChange',
      'logon',
      'rolloverExpired',
      'passwordChange',
    ]);
  });

  test('ends none where it ended by itself after the rehearsal', async () => {
    await overlap.change(FIRST, SECOND);
    const changing = await overlap.session(SECOND);
    await expect(changing.rehearse({ to: new Password(THIRD) })).resolves.toMatchObject({
      standing: 'one-of-two',
    });
    overlap.bed.advance(DAY_MS);
    await changing.change({ from: new Password(SECOND), to: new Password(THIRD) });
    expect(overlap.opening()).toEqual([SECOND, THIRD]);
    expect(overlap.bed.server.sqlTexts).not.toContain(EXPIRE);
  });

  test('takes the own password where none is named', async () => {
    await (await overlap.session(FIRST)).change(TO_SECOND);
    expect(overlap.opening()).toEqual([FIRST, SECOND]);
  });

  test('names a user in double quotes as it is', async () => {
    overlap.bed.accounts.createUser({ name: 'app', password: FIRST, profile: 'APP_PROFILE' });
    const small = await open(overlap.bed.makeDatabase(), '"app"');
    await small.change(TO_SECOND);
    await small.change({ from: new Password(SECOND), to: new Password(THIRD) });
    await small.close();
    expect(overlap.bed.server.sqlTexts).toContain(
      'ALTER USER "app" EXPIRE PASSWORD ROLLOVER PERIOD',
    );
    expect(overlap.opening()).toEqual([FIRST]);
  });

  test('fails when the policy refuses the new password, with the own one valid', async () => {
    await overlap.change(FIRST, SECOND);
    const changing = await overlap.session(SECOND);
    await expect(changing.change({ to: new Password(FIRST) })).rejects.toThrow(PasswordPolicyError);
    expect(overlap.opening()).toEqual([SECOND]);
  });

  test.each([
    ['ORA-28227', OverlapError],
    ['ORA-00604', OverlapError],
    ['ORA-01031', NotPermittedError],
  ])(
    'fails when Oracle answers %s to the end of the rollover, and changes nothing',
    async (code, kind) => {
      await overlap.change(FIRST, SECOND);
      const changing = await overlap.session(SECOND);
      await changing.rehearse({ to: new Password(THIRD) });
      overlap.refuseStatement(code, { passed: 1 });
      await expect(changing.change({ to: new Password(THIRD) })).rejects.toThrow(kind);
      expect(overlap.opening()).toEqual([FIRST, SECOND]);
    },
  );

  test('fails when the line is cut at the end of the rollover, with the own password valid', async () => {
    await overlap.change(FIRST, SECOND);
    const changing = await overlap.session(SECOND);
    overlap.cutStatement('loseReply', { passed: 1 });
    await expect(changing.change({ to: new Password(THIRD) })).rejects.toThrow(
      DatabaseUnreachableError,
    );
    expect(overlap.opening()).toEqual([SECOND]);
  });
});

describe('a change from the older password', () => {
  test('replaces the newer one, abandoned by a rotation, as often as it must', async () => {
    await overlap.change(FIRST, SECOND);
    await overlap.change(FIRST, THIRD, { standing: 'older' });
    expect(overlap.opening()).toEqual([FIRST, THIRD]);
    await overlap.change(FIRST, FOURTH, { standing: 'older' });
    expect(overlap.opening()).toEqual([FIRST, FOURTH]);
    expect(overlap.bed.server.sqlTexts).not.toContain(EXPIRE);
  });

  test('fails when the rollover has ended since, and with it that password', async () => {
    await overlap.change(FIRST, SECOND);
    const changing = await overlap.session(FIRST);
    await changing.rehearse({ to: new Password(THIRD) });
    overlap.bed.advance(DAY_MS);
    const error = await failureOf(changing.change({ to: new Password(THIRD), standing: 'older' }));
    expect(error.message).toContain('the database no longer accepts the old password');
    expect(overlap.opening()).toEqual([SECOND]);
  });
});

describe('the end of the overlap', () => {
  test('is made on the session that has just changed the password too', async () => {
    const session = await overlap.session(FIRST);
    await session.rehearse(TO_SECOND);
    overlap.bed.advance(DAY_MS);
    await session.change(TO_SECOND);
    await session.endOverlap(new Password(SECOND));
    expect(overlap.opening()).toEqual([SECOND]);
  });

  test.each([
    ['ORA-28227', OverlapError, 'take the administrative privilege from the user'],
    ['ORA-00604', OverlapError, 'end it as an administrator'],
    ['ORA-01031', NotPermittedError, 'lockdown profile'],
    ['ORA-03113', DatabaseUnreachableError, 'see that the database'],
  ])('fails when Oracle answers with %s', async (code, kind, remedy) => {
    await overlap.change(FIRST, SECOND);
    const ending = await overlap.session(SECOND);
    overlap.refuseStatement(code, { passed: 1 });
    const error = await failureOf(ending.endOverlap(new Password(SECOND)));
    expect(error).toBeInstanceOf(kind);
    expect(error.remedy).toContain(remedy);
    expect(overlap.opening()).toEqual([FIRST, SECOND]);
  });
});

describe('overlap that is off', () => {
  test('asks nothing after the change where the profile has no rollover', async () => {
    overlap.bed.accounts.alterProfile('APP_PROFILE', { passwordRolloverTime: 0 });
    await (await overlap.session(FIRST, 'off')).change(TO_SECOND);
    expect(overlap.bed.server.sqlTexts).toEqual([ACCOUNT]);
  });

  test('fails without knowing the outcome when the line is cut before the old password ends', async () => {
    const changing = await overlap.session(FIRST, 'off');
    overlap.cutStatement('loseRequest', { passed: 1 });
    await expect(changing.change(TO_SECOND)).rejects.toThrow(OutcomeUnknownError);
    expect(overlap.opening()).toEqual([FIRST, SECOND]);
  });

  test('fails when Oracle does not end the old password', async () => {
    const changing = await overlap.session(FIRST, 'off');
    overlap.refuseStatement('ORA-28227', { passed: 2 });
    await expect(changing.change(TO_SECOND)).rejects.toThrow(OverlapError);
    expect(overlap.opening()).toEqual([FIRST, SECOND]);
  });
});

test('a rollover that a profile without one still shows is ended after the change, never before', async () => {
  await overlap.change(FIRST, SECOND);
  const changing = await overlap.session(FIRST);
  overlap.say({ STATUS: 'OPEN & IN ROLLOVER', LIMIT: '0' });
  await changing.change({ from: new Password(FIRST), to: new Password(THIRD) });
  expect(overlap.bed.server.journal.slice(-2).map(({ kind }) => kind)).toEqual([
    'passwordChange',
    'rolloverExpired',
  ]);
  expect(overlap.opening()).toEqual([THIRD]);
});
