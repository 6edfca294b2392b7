import type { RotationStep } from '../aws/rotation-events.ts';

/** Round trips of a new session, counted on the line: TCP, TLS 1.3, and what the protocol adds before, between and after. */
const LOGIN = { postgres: 6, oracle: 5 } as const;
/** The user check and the configured test query. */
const CHECKS = 2;
const POSTGRES_SESSION = LOGIN.postgres + CHECKS;
const ORACLE_SESSION = LOGIN.oracle + CHECKS;

/** What every step but the first begins with: DescribeSecret; the labelled versions and the keys; the mirror's version. */
const READS = 3;

/**
 * The fewest round trips that each step can do with, of a rotation of one user on PostgreSQL and Oracle, with one mirror, in a
 * container that is warm. Calls that may run side by side count once; those that the promise puts in order count each:
 * stored before applied, the mirror before a database, the intent before the change, one database proven before the next is
 * changed, mirrors before AWSCURRENT, and each entry of the trail after the one that it is chained to.
 */
export const FEWEST_ROUND_TRIPS: Readonly<Record<RotationStep, number>> = {
  // DescribeSecret; AWSCURRENT; the mirror's CURRENT; PutSecretValue; UpdateSecret; the read back; its entry.
  createSecret: 7,
  setSecret:
    READS +
    // Opened, and a change rehearsed in a transaction. Oracle is done sooner, beside it.
    (POSTGRES_SESSION + 3) +
    // The intents.
    2 +
    // PostgreSQL changed and proven, then Oracle.
    (2 + POSTGRES_SESSION) +
    (2 + ORACLE_SESSION) +
    // The last entry.
    1,
  testSecret: READS + POSTGRES_SESSION + 1,
  // The mirror's etag, its promotion, the look at it; AWSCURRENT; the look whether a duplicate took PostgreSQL back.
  finishSecret: READS + POSTGRES_SESSION + 3 + 1 + LOGIN.postgres,
};

export const FEWEST_ROUND_TRIPS_SUM = Object.values(FEWEST_ROUND_TRIPS).reduce(
  (sum, count) => sum + count,
  0,
);
