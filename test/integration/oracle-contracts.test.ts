import { Password } from '../../lambda/domain/password.ts';
import type { Database } from '../../lambda/ports/database.ts';
import { describeDatabaseContract, type DatabaseFixture } from '../contract/database-contract.ts';
import { describeOverlapContract, type OverlapFixture } from '../contract/overlap-contract.ts';
import {
  describeSuperuserContract,
  WRONG_PASSWORD,
  type SuperuserFixture,
} from '../contract/superuser-contract.ts';
import { OracleBed, SUPERUSER, type BedChanges } from './oracle-bed.ts';

const HOUR_DAYS = 1 / 24;
const WRONG_SUPERUSER = { username: 'admin', password: new Password(WRONG_PASSWORD) };

/** Of a contract's fixture, what all three have. */
function sharedOf(
  bed: OracleBed,
): Pick<DatabaseFixture, 'username' | 'loseReplyOfChange' | 'close'> {
  return {
    username: 'app',
    loseReplyOfChange: () => {
      bed.faults.add({ call: 'oracle:changePassword', fault: { kind: 'loseReply' } });
    },
    close: async () => {
      await bed.server.close();
      expect(bed.server.journal.filter(({ kind }) => kind === 'undecodable')).toEqual([]);
    },
  };
}

async function databaseFixture(changes: BedChanges): Promise<DatabaseFixture> {
  const bed = await OracleBed.make(changes);
  return {
    ...sharedOf(bed),
    database: bed.makeDatabase({ config: { overlap: 'off' } }),
    refusedLogins: () => bed.refusedLogins(),
    loseRequestOfChange: () => {
      bed.faults.add({ call: 'oracle:changePassword', fault: { kind: 'loseRequest' } });
    },
    loseNextLogin: () => {
      bed.faults.add({ call: 'oracle:connect', fault: { kind: 'loseRequest' } });
    },
  };
}

async function overlapFixture(changes: BedChanges): Promise<OverlapFixture> {
  const bed = await OracleBed.make({ ...changes, rolloverDays: HOUR_DAYS });
  return {
    ...sharedOf(bed),
    database: (overlap) => bed.makeDatabase({ config: { overlap } }),
    withholdMeans: async () => {
      await Promise.resolve();
      bed.accounts.alterProfile('APP_PROFILE', { passwordRolloverTime: 0 });
    },
  };
}

async function superuserFixture(changes: BedChanges): Promise<SuperuserFixture> {
  const bed = await OracleBed.make(changes);
  const superusers = { right: SUPERUSER, wrong: WRONG_SUPERUSER, none: undefined };
  return {
    ...sharedOf(bed),
    database: (which): Database => {
      const superuser = superusers[which];
      return bed.makeDatabase(superuser === undefined ? {} : { superuser });
    },
  };
}

for (const dialect of ['19c', '23ai'] as const) {
  for (const [name, rolloverDays] of [
    [`Oracle stand-in, ${dialect}`, 0],
    [`Oracle stand-in, ${dialect}, with a rollover in the profile`, HOUR_DAYS],
  ] as const) {
    describeDatabaseContract(name, async () => await databaseFixture({ dialect, rolloverDays }), {
      canTakeBack: false,
      refusedByPolicy: 'all_in_small_letters',
    });

    describeSuperuserContract(name, async () => await superuserFixture({ dialect, rolloverDays }));
  }

  describeOverlapContract(
    `Oracle stand-in, ${dialect}`,
    async () => await overlapFixture({ dialect }),
    // Oracle shows an hour as .0416 of a day.
    { keptForMs: 3_594_240, decides: 'caller' },
  );
}
