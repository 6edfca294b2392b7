import type { Random } from '../domain/generated-password.ts';
import type { Strategy } from '../domain/strategy.ts';
import type { Clock } from '../domain/time-budget.ts';
import type { Database } from '../ports/database.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { MirrorSurvey } from '../ports/mirror-survey.ts';
import type { Route } from '../ports/route.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { SignIn } from '../ports/sign-in.ts';
import type { TrailHistory } from '../ports/trail-history.ts';
import type { Trust } from '../ports/trust.ts';
import type { LoginAllowance } from './login-allowance.ts';

export type ReadableSecrets = Pick<SecretStore, 'name' | 'describe' | 'read' | 'listVersions'>;
export type ReadableMirror = Pick<Mirror, 'name' | 'read' | 'list'>;

/** All that an inspection reaches. Of vaults and trail only what reads; of a database what a login shows. */
export interface InspectionContext {
  readonly rotation: string;
  readonly secretArn: string;
  readonly strategy: Strategy;
  readonly secrets: ReadableSecrets;
  readonly mirrors: readonly ReadableMirror[];
  readonly databases: readonly Pick<Database, 'name' | 'engine' | 'login'>[];
  /** Of mirrors in OCI. A second secret in AWS is written like a mirror, and has no such set-up. */
  readonly mirrorSurveys: readonly MirrorSurvey[];
  /** Certificates that databases are known by. */
  readonly trusts: readonly Trust[];
  /** To the services that a rotation calls. */
  readonly routes: () => Promise<readonly Route[]>;
  /** Of mirrors that let the function in for its role's sake. */
  readonly signIns: readonly SignIn[];
  readonly trail: TrailHistory;
  readonly logins: LoginAllowance;
  /** Makes the password that a change is rehearsed with; it is stored and set nowhere. */
  readonly random: Random;
  readonly clock: Pick<Clock, 'now'>;
}
