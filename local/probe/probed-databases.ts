import type { Engine } from '../../lambda/ports/database.ts';
import type { Clouds } from '../clouds/clouds.ts';
import { DATABASE_NAMES, enginesOf } from '../clouds/topology.ts';
import type { ProbedDatabase } from './prober-config.ts';

/** What the certificates of all servers name. */
const HOST = 'localhost';

/** Where the prober finds the databases: the servers themselves, with nothing of Lockstep's in between. */
export function probedDatabases(clouds: Clouds): readonly [ProbedDatabase, ...ProbedDatabase[]] {
  const [first, ...others] = enginesOf(clouds.topology).map((engine) =>
    probedDatabase(engine, clouds),
  );
  if (first === undefined) throw new Error('the topology has no database');
  return [first, ...others];
}

function probedDatabase(
  engine: Engine,
  { databases, authority: { certificatePem: ca }, wallet, secrets }: Clouds,
): ProbedDatabase {
  const name = DATABASE_NAMES[engine];
  const { postgres, oracle } = databases;
  switch (engine) {
    case 'postgres':
      return { engine, name, host: HOST, port: postgres.port, database: postgres.database, ca };
    case 'mysql':
    case 'mariadb': {
      const server = databases[engine];
      if (server === undefined) throw new Error(`there is no ${engine}`);
      return { engine, name, host: HOST, port: server.port, ca };
    }
    case 'oracle':
      return {
        engine,
        name,
        connectString: oracle.connectStringFor(HOST),
        walletContent: wallet,
        walletPassword: secrets.walletPassword,
      };
  }
}
