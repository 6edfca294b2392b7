export const FLAVOURS = ['mysql', 'mariadb'] as const;
/** Which of the two servers that speak MySQL's protocol. They keep two passwords in different ways. */
export type Flavour = (typeof FLAVOURS)[number];

export interface FlavourFacts {
  readonly name: string;
  /** The server's program, as it is called on PATH. */
  readonly program: string;
  /** The variable of the environment that holds a path to the program. */
  readonly variable: string;
  /** Major, minor and patch of the first version with two passwords for an account. */
  readonly versionMin: readonly [number, number, number];
  /** Debian's package with the server and nothing around it. */
  readonly package: string;
  /** The suite of Debian that has it; undefined for the machine's own. */
  readonly suite: string | undefined;
}

export const FLAVOUR_FACTS: Readonly<Record<Flavour, FlavourFacts>> = {
  mysql: {
    name: 'MySQL',
    program: 'mysqld',
    variable: 'LOCKSTEP_MYSQLD',
    // `RETAIN CURRENT PASSWORD`: MySQL 8.0 Reference Manual, "Password Management".
    versionMin: [8, 0, 14],
    package: 'mysql-server-core',
    // No stable release of Debian has MySQL.
    suite: 'sid',
  },
  mariadb: {
    name: 'MariaDB',
    program: 'mariadbd',
    variable: 'LOCKSTEP_MARIADBD',
    // `IDENTIFIED VIA ... OR ...`: MariaDB Knowledge Base, "Authentication from MariaDB 10.4".
    versionMin: [10, 4, 0],
    package: 'mariadb-server-core',
    suite: undefined,
  },
};
