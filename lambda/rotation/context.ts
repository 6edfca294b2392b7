import type { Random } from '../domain/generated-password.ts';
import type { RotationRequest } from '../domain/step.ts';
import type { Strategy } from '../domain/strategy.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { AuditCopies } from '../ports/audit-copies.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { Database } from '../ports/database.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { Trust } from '../ports/trust.ts';
import type { Aside } from './aside.ts';
import type { LoginBudget } from './login-budget.ts';

/** The world of a rotation behind its ports, whoever acts in it. */
export interface RotationWorld {
  /** The one secret that this function serves. */
  readonly secretArn: string;
  readonly strategy: Strategy;
  /** How long after a rotation the password that it replaced ends, in milliseconds; left out: with the next one. */
  readonly retireAfterMs?: number | undefined;
  readonly secrets: SecretStore;
  readonly mirrors: readonly Mirror[];
  readonly databases: readonly Database[];
  /** Of the databases whose certificates are ours to renew. */
  readonly trusts: readonly Trust[];
  readonly audit: AuditTrail;
  /** Undefined where the trail is not copied. */
  readonly copies?: AuditCopies | undefined;
  readonly reporter: Reporter;
  readonly logins: LoginBudget;
  readonly random: Random;
  readonly clock: Clock;
  readonly budget: TimeBudget;
  readonly aside: Aside;
  /**
   * Begins to load and to read what the step will come to: keys, and for `everything` drivers and wallets. Returns at
   * once; what fails now is met again by who needs it.
   */
  readonly warmUp: (what: 'vaults' | 'everything') => void;
}

/** All that a step reaches: the request it serves and the world. One an invocation. */
export interface RotationContext extends RotationWorld {
  readonly request: RotationRequest;
}
