import { MemoryMariadb } from '../../local/memory/database-mariadb.ts';
import { MariadbAccounts } from '../../local/memory/database-mariadb-accounts.ts';
import { MemoryMysql } from '../../local/memory/database-mysql.ts';
import {
  MysqlAccounts,
  type MysqlAccountsOptions,
} from '../../local/memory/database-mysql-accounts.ts';
import { MemoryOracle } from '../../local/memory/database-oracle.ts';
import { MemoryPostgres } from '../../local/memory/database-postgres.ts';
import { PostgresRoles } from '../../local/memory/database-postgres-roles.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { describeDatabaseContract, FIRST } from './database-contract.ts';
import { MemoryBed, SUPERUSERS, USERS } from './memory-bed.ts';
import { describeOverlapContract } from './overlap-contract.ts';
import { describeSuperuserContract } from './superuser-contract.ts';

function makePostgres(): MemoryBed {
  const roles = new PostgresRoles({
    users: USERS,
    superusers: SUPERUSERS,
    acceptsByPolicy: (password) => password.length >= 8,
  });
  return new MemoryBed({
    calls: { change: 'postgres:query:ALTER ROLE', connect: 'postgres:connect' },
    refusedLogins: (username) => roles.refusedLogins(username),
    makeDatabase: (wanted) => new MemoryPostgres({ roles, ...wanted }),
  });
}

describeDatabaseContract(
  'PostgreSQL in memory',
  async () => await Promise.resolve(makePostgres().databaseFixture),
  { canTakeBack: true, refusedByPolicy: 'weak_01' },
);

describeSuperuserContract(
  'PostgreSQL in memory',
  async () => await Promise.resolve(makePostgres().superuserFixture),
);

const HOUR_DAYS = 1 / 24;

function makeOracle(passwordRolloverTime: number): MemoryBed {
  const accounts = Accounts.inMemory({ now: () => Date.parse('2026-01-01T00:00:00Z') });
  accounts.createProfile('APP_PROFILE', { passwordRolloverTime });
  accounts.createUser({ name: 'APP', password: FIRST, profile: 'APP_PROFILE' });
  for (const [name, password] of SUPERUSERS) {
    accounts.createUser({ name: name.toUpperCase(), password, canAlterUsers: true });
  }
  return new MemoryBed({
    calls: { change: 'oracle:changePassword', connect: 'oracle:connect' },
    refusedLogins: (username) => accounts.refusedLogins(username.toUpperCase()),
    makeDatabase: (wanted) => new MemoryOracle({ accounts, ...wanted }),
    withholdMeans: () => {
      accounts.alterProfile('APP_PROFILE', { passwordRolloverTime: 0 });
    },
  });
}

for (const [name, rolloverDays] of [
  ['Oracle in memory', 0],
  ['Oracle in memory, with a rollover in the profile', HOUR_DAYS],
] as const) {
  describeDatabaseContract(
    name,
    async () => await Promise.resolve(makeOracle(rolloverDays).databaseFixture),
    { canTakeBack: false, refusedByPolicy: 'all_in_small_letters' },
  );

  describeSuperuserContract(
    name,
    async () => await Promise.resolve(makeOracle(rolloverDays).superuserFixture),
  );
}

describeOverlapContract(
  'Oracle in memory',
  async () => await Promise.resolve(makeOracle(HOUR_DAYS).overlapFixture),
  // Oracle shows an hour as .0416 of a day.
  { keptForMs: 3_594_240, decides: 'caller' },
);

function makeMysql(options: Partial<MysqlAccountsOptions> = {}): MemoryBed {
  const accounts = new MysqlAccounts({
    users: USERS,
    superusers: SUPERUSERS,
    acceptsByPolicy: (password) => password.length >= 8,
    ...options,
  });
  return new MemoryBed({
    calls: { change: 'mysql:query:ALTER USER', connect: 'mysql:connect' },
    refusedLogins: (username) => accounts.refusedLogins(username),
    makeDatabase: (wanted) => new MemoryMysql({ accounts, ...wanted }),
    withholdMeans: () => {
      accounts.allowRetain(false);
    },
  });
}

for (const [name, options] of [
  ['MySQL in memory', {}],
  ['MySQL in memory, without the privilege for two passwords', { mayRetain: false }],
] as const) {
  describeDatabaseContract(
    name,
    async () => await Promise.resolve(makeMysql(options).databaseFixture),
    { canTakeBack: true, refusedByPolicy: 'weak_01' },
  );

  describeSuperuserContract(
    name,
    async () => await Promise.resolve(makeMysql(options).superuserFixture),
  );
}

describeOverlapContract(
  'MySQL in memory',
  async () => await Promise.resolve(makeMysql().overlapFixture),
  { keptForMs: Infinity, decides: 'server' },
);

function makeMariadb(): MemoryBed {
  const accounts = new MariadbAccounts({ users: USERS, superusers: SUPERUSERS });
  return new MemoryBed({
    calls: {
      connect: 'mariadb:connect',
      change: 'mariadb:query:SET PASSWORD',
      changeBySuperuser: 'mariadb:query:ALTER USER',
    },
    refusedLogins: (username) => accounts.refusedLogins(username),
    makeDatabase: (wanted) => new MemoryMariadb({ accounts, ...wanted }),
    overlapBySuperuser: true,
  });
}

describeDatabaseContract(
  'MariaDB in memory',
  async () => await Promise.resolve(makeMariadb().databaseFixture),
  { canTakeBack: true },
);

describeSuperuserContract(
  'MariaDB in memory',
  async () => await Promise.resolve(makeMariadb().superuserFixture),
);

describeOverlapContract(
  'MariaDB in memory',
  async () => await Promise.resolve(makeMariadb().overlapFixture),
  { keptForMs: Infinity, decides: 'nobody' },
);
