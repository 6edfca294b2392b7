import { OverlapError } from '../../lambda/domain/errors.ts';
import { Password } from '../../lambda/domain/password.ts';
import { FIRST, SECOND } from '../contract/database-contract.ts';
import { failureOf, open } from './database-logins.ts';
import { ACCOUNT, OLD_ACCOUNT, OracleOverlapBed } from './oracle-overlap-bed.ts';

const DAY_MS = 86_400_000;
const TO_SECOND = { to: new Password(SECOND) };

let overlap: OracleOverlapBed;

beforeEach(async () => {
  overlap = await OracleOverlapBed.make();
});

afterEach(async () => {
  await overlap.close();
});

describe('the rehearsal', () => {
  test.each([
    ['one day', '1', DAY_MS],
    ['one hour, cut off after four decimals', '.0416', 3_594_240],
    ['one hour, in a territory with another decimal point', ',0416', 3_594_240],
    ['a day and a half', '1.5', 129_600_000],
    ['none, as some releases show it', '-1', 0],
    ['none, on a server that knows no rollover', null, 0],
    ['a word', 'UNLIMITED', 0],
  ])('says how long the old password stays: %s', async (_what, LIMIT, keptForMs) => {
    overlap.say({ LIMIT });
    const rehearsal = await (await overlap.session(FIRST)).rehearse(TO_SECOND);
    expect(rehearsal).toEqual({ keptForMs, standing: 'newest' });
  });

  test('follows the profile of the user, be it DEFAULT', async () => {
    overlap.bed.accounts.alterProfile('DEFAULT', { passwordRolloverTime: 2 });
    overlap.bed.accounts.createUser({ name: 'PLAIN', password: FIRST });
    const plain = await open(overlap.bed.makeDatabase(), 'plain');
    await expect(plain.rehearse(TO_SECOND)).resolves.toMatchObject({ keptForMs: 2 * DAY_MS });
    await plain.close();
  });

  test('takes one round trip', async () => {
    await (await overlap.session(FIRST)).rehearse(TO_SECOND);
    expect(overlap.bed.server.sqlTexts).toEqual([ACCOUNT]);
  });

  test('takes another one on a server that does not say when a password was set', async () => {
    overlap.refuseStatement('ORA-00904');
    const rehearsal = await (await overlap.session(FIRST)).rehearse(TO_SECOND);
    expect(rehearsal).toEqual({ keptForMs: DAY_MS, standing: 'newest' });
    expect(overlap.bed.server.sqlTexts).toEqual([ACCOUNT, OLD_ACCOUNT]);
  });

  test('fails when overlap is required and the profile has none, and says what to do', async () => {
    overlap.bed.accounts.alterProfile('APP_PROFILE', { passwordRolloverTime: 0 });
    const error = await failureOf((await overlap.session(FIRST, 'require')).rehearse(TO_SECOND));
    expect(error).toBeInstanceOf(OverlapError);
    expect(error.message).toBe(
      'adb: overlap is required, and the profile of the user keeps no old password. Next: have an administrator CREATE PROFILE … LIMIT PASSWORD_ROLLOVER_TIME 1 and ALTER USER "APP" PROFILE … (Oracle 19.12 or later).',
    );
  });
});
