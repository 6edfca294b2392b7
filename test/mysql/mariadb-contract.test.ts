import { Password } from '../../lambda/domain/password.ts';
import { describeDatabaseContract, type DatabaseFixture } from '../contract/database-contract.ts';
import { describeOverlapContract, type OverlapFixture } from '../contract/overlap-contract.ts';
import {
  describeSuperuserContract,
  WRONG_PASSWORD,
  type SuperuserFixture,
} from '../contract/superuser-contract.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

/** By the user itself, and by somebody who may alter accounts. */
const SET_OWN = 'mariadb:query:SET PASSWORD';
const ALTER = 'mariadb:query:ALTER USER';
const LOSE_REPLY = { kind: 'loseReply' } as const;
const LOSE_REQUEST = { kind: 'loseRequest' } as const;

await describeWithServer('mariadb', 'the adapter for MariaDB', () => {
  let bed: MysqlBed;

  beforeAll(async () => {
    bed = await MysqlBed.make('mariadb');
  });

  afterAll(async () => {
    await bed.close();
  });

  async function makeFixture(overlap: 'auto' | 'off'): Promise<DatabaseFixture> {
    const username = await bed.makeUser();
    const { port, faults, close } = await bed.makeFaulty();
    return {
      database: bed.makeDatabase({ config: { port, overlap } }),
      username,
      refusedLogins: () => bed.server.refusedLogins(username),
      loseReplyOfChange: () => {
        faults.add({ call: SET_OWN, fault: LOSE_REPLY });
      },
      loseRequestOfChange: () => {
        faults.add({ call: SET_OWN, fault: LOSE_REQUEST });
      },
      loseNextLogin: () => {
        faults.add({ call: 'mariadb:connect', fault: LOSE_REQUEST });
      },
      close,
    };
  }

  describeDatabaseContract('MariaDB, overlap off', async () => await makeFixture('off'), {
    canTakeBack: true,
  });

  describeDatabaseContract('MariaDB, without a superuser', async () => await makeFixture('auto'), {
    canTakeBack: true,
  });

  async function makeSuperuserFixture(): Promise<SuperuserFixture> {
    const username = await bed.makeUser();
    const master = await bed.makeMaster();
    const { port, faults, close } = await bed.makeFaulty();
    const secrets = {
      right: { superuser: master },
      wrong: { superuser: { ...master, password: new Password(WRONG_PASSWORD) } },
      none: {},
    };
    return {
      username,
      database: (superuser) => bed.makeDatabase({ config: { port }, ...secrets[superuser] }),
      loseReplyOfChange: () => {
        faults.add({ call: ALTER, fault: LOSE_REPLY });
      },
      close,
    };
  }

  describeSuperuserContract('MariaDB', makeSuperuserFixture);

  /** @param by who gives the user two passwords */
  async function makeOverlapFixture(by: 'the superuser' | 'itself'): Promise<OverlapFixture> {
    const username = await bed.makeUser();
    const { port, faults, close } = await bed.makeFaulty();
    let superuser = by === 'the superuser' ? await bed.makeMaster() : undefined;
    if (by === 'itself') await bed.server.query(`GRANT CREATE USER ON *.* TO ${username}@'%'`);
    return {
      username,
      database: (overlap) =>
        bed.makeDatabase({ config: { port, overlap }, ...(superuser && { superuser }) }),
      withholdMeans: async () => {
        superuser = undefined;
        await bed.server.query(`REVOKE CREATE USER ON *.* FROM ${username}@'%'`);
      },
      loseReplyOfChange: () => {
        // The change is the second: the first asks whether accounts may be altered.
        faults.add({ call: ALTER, fault: LOSE_REPLY, skip: by === 'itself' ? 1 : 0 });
      },
      close,
    };
  }

  describeOverlapContract(
    'MariaDB, by the superuser',
    async () => await makeOverlapFixture('the superuser'),
    { keptForMs: Infinity, decides: 'nobody' },
  );

  describeOverlapContract(
    'MariaDB, by the user itself',
    async () => await makeOverlapFixture('itself'),
    { keptForMs: Infinity, decides: 'nobody' },
  );
});
