import { Password } from '../../lambda/domain/password.ts';
import { FIRST } from '../contract/database-contract.ts';
import { credential, open } from '../integration/database-logins.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

await describeWithServer('mysql', 'a MySQL server that takes everything for GBK', () => {
  let bed: MysqlBed;

  beforeAll(async () => {
    // Older servers have an option that does the same: character-set-client-handshake = OFF.
    bed = await MysqlBed.make('mysql', { 'init-connect': 'SET NAMES gbk' });
  });

  afterAll(async () => {
    await bed.close();
  });

  // In GBK the last byte of the first character and the backslash are one character, and the next backslash is an escape.
  test.each(['\u20AC\\', "\u20AC\\' REPLACE 'x", 'Gr\u00FC\u00DFe \u4E2D\u6587'])(
    'sets the password that it is told, and no other: %j',
    async (chosen) => {
      const username = await bed.makeKeeper();
      const session = await open(bed.makeDatabase(), username);
      const change = { from: new Password(FIRST), to: new Password(chosen) };
      await session.rehearse(change);
      await expect(session.change(change)).resolves.toBe('changed');
      await session.close();
      const other = await open(bed.makeDatabase(), username, chosen);
      await other.endOverlap(new Password(chosen));
      await other.close();
      await expect(bed.makeDatabase().login(credential(username))).resolves.toBe('refused');
    },
  );
});
