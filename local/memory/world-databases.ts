import type { Engine } from '../../lambda/ports/database.ts';
import type { WorldDatabase, WorldDatabaseOptions } from './world-database.ts';
import { WorldMariadb } from './world-mariadb.ts';
import { WorldMysql } from './world-mysql.ts';
import { WorldOracle } from './world-oracle.ts';
import { WorldPostgres } from './world-postgres.ts';

export function makeWorldDatabase(engine: Engine, options: WorldDatabaseOptions): WorldDatabase {
  switch (engine) {
    case 'postgres':
      return new WorldPostgres(options);
    case 'mysql':
      return new WorldMysql(options);
    case 'mariadb':
      return new WorldMariadb(options);
    case 'oracle':
      return new WorldOracle(options);
  }
}
