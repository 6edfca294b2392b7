import type { Random } from '../../lambda/domain/generated-password.ts';
import type { Strategy } from '../../lambda/domain/strategy.ts';
import type { Engine } from '../../lambda/ports/database.ts';
import type { RotationEvent } from '../aws/rotation-events.ts';
import type { StaleReads } from '../aws/secret-store.ts';
import type { ProfileLimits } from '../oracle/accounts/profile.ts';

/** Where the chance in a world comes from. */
export interface Chance extends Random {
  uuid(): string;
}

export interface WorldOptions {
  /** In the order of the configuration. @default oracle, postgres */
  readonly engines?: readonly Engine[];
  /** @default single user */
  readonly strategy?: Strategy;
  /** As the databases are configured. @default 'auto' */
  readonly overlap?: 'auto' | 'require' | 'off';
  /** Whether the databases have a superuser's secret. @default false */
  readonly hasSuperuser?: boolean;
  /** Of the Oracle user's profile. */
  readonly oracleLimits?: Partial<ProfileLimits>;
  /** Of every database but Oracle, whose profile has rules of its own. */
  readonly postgresAccepts?: (password: string) => boolean;
  /** What the secret holds beside the credential. */
  readonly extraFields?: Readonly<Record<string, unknown>>;
  /** Whether both vaults have a second secret with connection strings. @default false */
  readonly hasConnectionStrings?: boolean;
  /** Whether the entries of the audit trail are copied. @default false */
  readonly hasCopies?: boolean;
  /** How often the service repeats a rotation that fails. @default 3 */
  readonly retries?: number;
  /** How long an OCI secret stays UPDATING after a change, in milliseconds. @default 1,500 */
  readonly updatingMs?: number;
  /** How far OCI's secret retrieval lags behind, in milliseconds. @default 0 */
  readonly mirrorLagMs?: number;
  /** Which reads of Secrets Manager see an older state. @default none */
  readonly staleReads?: StaleReads;
  /** Whether a successful rotation leaves AWSPENDING beside AWSCURRENT. @default false */
  readonly keepsPendingLabel?: boolean;
  /** @default the machine's own */
  readonly chance?: Chance;
  /** Serves a call of the rotation service. @default the step, in an invocation of its own */
  readonly serve?: (event: RotationEvent) => Promise<void>;
}
