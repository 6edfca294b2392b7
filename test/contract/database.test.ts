import { FaultPlan } from '../../local/faults.ts';
import { MemoryOracle } from '../../local/memory/database-oracle.ts';
import { MemoryPostgres } from '../../local/memory/database-postgres.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { describeDatabaseContract, FIRST, type DatabaseFixture } from './database-contract.ts';

function makePostgres(): DatabaseFixture {
  const faults = new FaultPlan();
  const database = new MemoryPostgres({
    username: 'app',
    password: FIRST,
    faults,
    acceptsByPolicy: (password) => password.length >= 8,
  });
  const strike = (call: string, kind: 'loseReply' | 'loseRequest'): void => {
    faults.add({ call, fault: { kind } });
  };
  return {
    database,
    username: 'app',
    refusedLogins: () => database.refusedLogins,
    loseReplyOfChange: () => {
      strike('postgres:query:ALTER ROLE', 'loseReply');
    },
    loseRequestOfChange: () => {
      strike('postgres:query:ALTER ROLE', 'loseRequest');
    },
    loseNextLogin: () => {
      strike('postgres:connect', 'loseRequest');
    },
    close: async () => {
      await Promise.resolve();
      expect(database.openSessions).toBe(0);
    },
  };
}

describeDatabaseContract(
  'PostgreSQL in memory',
  async () => await Promise.resolve(makePostgres()),
  { canTakeBack: true, refusedByPolicy: 'weak_01' },
);

function makeOracle(): DatabaseFixture {
  const faults = new FaultPlan();
  const accounts = Accounts.inMemory({ now: () => Date.parse('2026-01-01T00:00:00Z') });
  accounts.createUser({ name: 'APP', password: FIRST });
  const database = new MemoryOracle({ accounts, faults });
  const strike = (call: string, kind: 'loseReply' | 'loseRequest'): void => {
    faults.add({ call, fault: { kind } });
  };
  return {
    database,
    username: 'app',
    refusedLogins: () => accounts.refusedLogins('APP'),
    loseReplyOfChange: () => {
      strike('oracle:changePassword', 'loseReply');
    },
    loseRequestOfChange: () => {
      strike('oracle:changePassword', 'loseRequest');
    },
    loseNextLogin: () => {
      strike('oracle:connect', 'loseRequest');
    },
    close: async () => {
      await Promise.resolve();
      expect(database.openSessions).toBe(0);
    },
  };
}

describeDatabaseContract('Oracle in memory', async () => await Promise.resolve(makeOracle()), {
  canTakeBack: false,
  refusedByPolicy: 'all_in_small_letters',
});
