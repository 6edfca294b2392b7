import type { Engine } from '../../lambda/ports/database.ts';
import { enginesOf, type Topology } from '../clouds/topology.ts';

/** A way to rotate that is measured, and what it promises. */
export interface Strategy {
  /** For `--strategy` and JSON. */
  readonly name: string;
  readonly title: string;
  readonly topology: Topology;
  /** Where no login may be refused, whatever fails. */
  readonly zeroOn: readonly Engine[];
}

const ROLLOVER_DAYS = 1;
const USERS = ['app_a', 'app_b'] as const;

export const STRATEGIES: readonly Strategy[] = [
  {
    name: 'single-user',
    title: 'One user, one password at a time',
    topology: { engines: ['postgres', 'oracle'] },
    zeroOn: [],
  },
  {
    name: 'oracle-rollover',
    title: 'One user; Oracle keeps the old password for a day, PostgreSQL cannot',
    topology: { engines: ['postgres', 'oracle'], oracleRolloverDays: ROLLOVER_DAYS },
    zeroOn: ['oracle'],
  },
  {
    name: 'mysql-overlap',
    title: 'One user; MySQL and Oracle keep the old password',
    topology: {
      engines: ['mysql', 'oracle'],
      oracleRolloverDays: ROLLOVER_DAYS,
      overlap: 'require',
    },
    zeroOn: ['mysql', 'oracle'],
  },
  {
    name: 'mariadb-overlap',
    title: 'One user; MariaDB and Oracle keep the old password',
    topology: {
      engines: ['mariadb', 'oracle'],
      oracleRolloverDays: ROLLOVER_DAYS,
      overlap: 'require',
    },
    zeroOn: ['mariadb', 'oracle'],
  },
  {
    name: 'alternating-users',
    title: 'Two users in turn',
    topology: { engines: ['postgres', 'mysql', 'mariadb', 'oracle'], users: USERS },
    zeroOn: ['postgres', 'mysql', 'mariadb', 'oracle'],
  },
];

/** The same on the engines that this machine has; undefined where that leaves none. */
export function without(strategy: Strategy, missing: readonly Engine[]): Strategy | undefined {
  const engines = enginesOf(strategy.topology).filter((engine) => !missing.includes(engine));
  const isReduced = engines.length < enginesOf(strategy.topology).length;
  // Fewer than all say nothing where one user's databases change in step.
  if (isReduced && (strategy.topology.users === undefined || engines.length === 0)) {
    return undefined;
  }
  return {
    ...strategy,
    topology: { ...strategy.topology, engines },
    zeroOn: strategy.zeroOn.filter((engine) => engines.includes(engine)),
  };
}
