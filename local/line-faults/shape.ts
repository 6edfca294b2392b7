import type { Engine } from '../../lambda/ports/database.ts';
import { enginesOf, type Topology } from '../clouds/topology.ts';

/** A way to rotate that suffers the faults, and what more it promises. */
export interface Shape {
  /** For `--shape`. */
  readonly name: string;
  readonly topology: Topology;
  /** Where AWSCURRENT itself opens the database at every instant. */
  readonly withoutWindow: readonly Engine[];
}

const SINGLE_USER: Shape = {
  name: 'single-user',
  topology: { engines: ['postgres', 'mysql', 'oracle'] },
  // The one of them that keeps the old password without being told to.
  withoutWindow: ['mysql'],
};

export const SHAPES: readonly [Shape, ...Shape[]] = [
  SINGLE_USER,
  {
    name: 'overlap',
    topology: {
      engines: ['mysql', 'mariadb', 'oracle'],
      oracleRolloverDays: 1,
      overlap: 'require',
    },
    withoutWindow: ['mysql', 'mariadb', 'oracle'],
  },
  {
    name: 'alternating-users',
    topology: { engines: ['postgres', 'mysql', 'mariadb', 'oracle'], users: ['app_a', 'app_b'] },
    withoutWindow: ['postgres', 'mysql', 'mariadb', 'oracle'],
  },
];

/** The services that a rotation calls, whatever its databases are, by their names in fault plans. */
const CLOUD_SERVICES = ['secretsmanager', 'ssm', 's3', 'oci'];

/** Every server to which a line goes. */
export function endpointsOf({ topology }: Shape): readonly string[] {
  return [...enginesOf(topology), ...CLOUD_SERVICES];
}

/** The same on the engines that this machine has. @throws {Error} where that leaves none */
export function without(shape: Shape, missing: readonly Engine[]): Shape {
  const engines = enginesOf(shape.topology).filter((engine) => !missing.includes(engine));
  if (engines.length === 0) throw new Error(`${shape.name} has none of its databases here`);
  return {
    ...shape,
    topology: { ...shape.topology, engines },
    withoutWindow: shape.withoutWindow.filter((engine) => engines.includes(engine)),
  };
}
