import type { WorldOptions } from '../memory/world-options.ts';
import { USERNAME } from '../memory/initial-state.ts';

export const WORLD_NAMES = [
  'postgres-oracle',
  'postgres-oracle-rollover',
  'mysql-oracle-overlap',
  'mariadb-oracle',
  'alternating-users',
] as const;

export type WorldName = (typeof WORLD_NAMES)[number];

/** A kind of world to rotate in: two databases and one mirror. */
export interface WorldKind {
  readonly says: string;
  readonly options: WorldOptions;
  /** Databases that accept AWSCURRENT until AWSCURRENT moves, by name. */
  readonly keepsCurrent: readonly string[];
  /**
   * Whether calls come one at a time whatever the story says, as Lambda lets them: between finding out which half of
   * Oracle's rollover AWSCURRENT is and ending the other lies a round trip (docs/decisions/0009).
   */
  readonly hasRollover: boolean;
}

const ROLLOVER = { passwordRolloverTime: 1 };

export const WORLDS: Readonly<Record<WorldName, WorldKind>> = {
  'postgres-oracle': {
    says: 'PostgreSQL and Oracle, one password each',
    options: { engines: ['oracle', 'postgres'] },
    keepsCurrent: [],
    hasRollover: false,
  },
  'postgres-oracle-rollover': {
    says: 'PostgreSQL and Oracle, which keeps the old password for a day',
    options: { engines: ['oracle', 'postgres'], oracleLimits: ROLLOVER },
    keepsCurrent: ['adb'],
    hasRollover: true,
  },
  'mysql-oracle-overlap': {
    says: 'MySQL and Oracle, which both keep the old password',
    options: { engines: ['mysql', 'oracle'], oracleLimits: ROLLOVER },
    keepsCurrent: ['rds', 'adb'],
    hasRollover: true,
  },
  'mariadb-oracle': {
    says: 'MariaDB, which a superuser lets keep the old password, and Oracle, which does not',
    options: { engines: ['mariadb', 'oracle'], hasSuperuser: true },
    keepsCurrent: ['rds'],
    hasRollover: false,
  },
  'alternating-users': {
    says: 'PostgreSQL and Oracle, where two users take turns',
    options: {
      engines: ['postgres', 'oracle'],
      strategy: { kind: 'alternating-users', users: [USERNAME, `${USERNAME}_b`] },
    },
    keepsCurrent: ['rds', 'adb'],
    hasRollover: false,
  },
};

export function isWorldName(text: string): text is WorldName {
  return (WORLD_NAMES as readonly string[]).includes(text);
}
