import type { Engine } from '../ports/database.ts';

/**
 * `in-step`: all is as a successful rotation leaves it. `under-way`, `stuck`: a rotation has not ended; of the second
 * nothing has been heard for longer than a step can take. `out-of-step`: no rotation is under way, and a database or vault
 * differs from AWSCURRENT. `unknown`: not all of it could be seen.
 */
export type Verdict = 'in-step' | 'under-way' | 'stuck' | 'out-of-step' | 'unknown';

/** What is where. It holds no password: credentials are named by their fingerprints. Times are ISO 8601 in UTC. */
export interface StatusReport {
  readonly rotation: string;
  readonly secretArn: string;
  readonly at: string;
  readonly verdict: Verdict;
  /** Why, a sentence each. Empty where all is in step. */
  readonly reasons: readonly string[];
  readonly schedule: ScheduleReport | undefined;
  readonly underWay: UnderWayReport | undefined;
  readonly vaults: readonly VaultReport[];
  /** Empty where no login was asked for. */
  readonly accounts: readonly AccountReport[];
  /** The last steps that failed, newest first. */
  readonly failures: readonly FailureReport[];
}

export interface ScheduleReport {
  readonly isOn: boolean;
  /** When the last rotation ended; left out: there was none. */
  readonly rotatedAt: string | undefined;
  readonly nextAt: string | undefined;
  /** Since the last rotation, or since the secret was made. */
  readonly ageMs: number | undefined;
}

/** AWSPENDING is on another version than AWSCURRENT. */
export interface UnderWayReport {
  readonly versionId: string;
  /** When it began. */
  readonly since: string | undefined;
  /** When the trail last heard of it. */
  readonly lastHeardAt: string | undefined;
  readonly hasValue: boolean;
  readonly isStuck: boolean;
}

export interface VaultReport {
  readonly name: string;
  readonly versions: readonly VersionReport[];
  readonly unreadCount: number;
  readonly problem: string | undefined;
}

export interface VersionReport {
  readonly version: string;
  /** The version id of Secrets Manager. */
  readonly name: string | undefined;
  readonly labels: readonly string[];
  readonly createdAt: string | undefined;
  readonly username: string | undefined;
  /** Left out where there is no value, or no key to make it with. */
  readonly fingerprint: string | undefined;
  readonly problem: string | undefined;
}

export interface AccountReport {
  readonly database: string;
  readonly engine: Engine;
  readonly username: string;
  readonly outcome: 'accepted' | 'none' | 'allowance-spent' | 'not-tried' | 'failed';
  /** Of the accepted credential. */
  readonly fingerprint: string | undefined;
  /** Where the accepted credential is stored. */
  readonly places: readonly string[];
  /** The first place of each credential that was refused. */
  readonly refused: readonly string[];
  readonly problem: string | undefined;
}

export interface FailureReport {
  readonly at: string;
  readonly step: string;
  readonly subject: string;
  readonly error: string | undefined;
  readonly versionId: string;
}
