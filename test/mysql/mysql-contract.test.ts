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

const CHANGE = 'mysql:query:ALTER USER';
const LOSE_REPLY = { kind: 'loseReply' } as const;
const LOSE_REQUEST = { kind: 'loseRequest' } as const;

await describeWithServer('mysql', 'the adapter for MySQL', () => {
  let bed: MysqlBed;

  beforeAll(async () => {
    bed = await MysqlBed.make('mysql');
  });

  afterAll(async () => {
    await bed.close();
  });

  /** @param asksFirst whether a change begins with a statement that is refused: to keep the old password */
  async function makeFixture(
    username: string,
    { overlap, asksFirst = false }: { overlap: 'auto' | 'off'; asksFirst?: boolean },
  ): Promise<DatabaseFixture> {
    const { port, faults, close } = await bed.makeFaulty();
    return {
      database: bed.makeDatabase({ config: { port, overlap } }),
      username,
      refusedLogins: () => bed.server.refusedLogins(username),
      loseReplyOfChange: () => {
        faults.add({ call: CHANGE, fault: LOSE_REPLY, skip: asksFirst ? 1 : 0 });
      },
      loseRequestOfChange: () => {
        faults.add({ call: CHANGE, fault: LOSE_REQUEST, skip: asksFirst ? 1 : 0 });
      },
      loseNextLogin: () => {
        faults.add({ call: 'mysql:connect', fault: LOSE_REQUEST });
      },
      close,
    };
  }

  describeDatabaseContract(
    'MySQL, overlap off',
    async () => await makeFixture(await bed.makeUser(), { overlap: 'off' }),
    { canTakeBack: true },
  );

  describeDatabaseContract(
    'MySQL, overlap off, of a user that could keep its password',
    async () => await makeFixture(await bed.makeKeeper(), { overlap: 'off' }),
    { canTakeBack: true },
  );

  describeDatabaseContract(
    'MySQL, of a user that may not keep its password',
    async () => await makeFixture(await bed.makeUser(), { overlap: 'auto', asksFirst: true }),
    { canTakeBack: true },
  );

  async function makeSuperuserFixture(): Promise<SuperuserFixture> {
    const username = await bed.makeKeeper();
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
        faults.add({ call: CHANGE, fault: LOSE_REPLY });
      },
      close,
    };
  }

  describeSuperuserContract('MySQL', makeSuperuserFixture);

  async function makeOverlapFixture(): Promise<OverlapFixture> {
    const username = await bed.makeKeeper();
    const { port, faults, close } = await bed.makeFaulty();
    return {
      username,
      database: (overlap) => bed.makeDatabase({ config: { port, overlap } }),
      withholdMeans: async () => {
        await bed.server.query(`REVOKE APPLICATION_PASSWORD_ADMIN ON *.* FROM ${username}@'%'`);
      },
      loseReplyOfChange: () => {
        faults.add({ call: CHANGE, fault: LOSE_REPLY });
      },
      close,
    };
  }

  describeOverlapContract('MySQL', makeOverlapFixture, {
    keptForMs: Infinity,
    decides: 'server',
  });
});
