import { ChainedAuditTrail, type AuditTip } from '../../lambda/adapters/audit-trail.ts';
import { TrailCopies } from '../../lambda/adapters/trail-copies.ts';
import { AsideTime } from '../../lambda/domain/aside-time.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { RotationRequest } from '../../lambda/domain/step.ts';
import { TimeBudget, type Clock } from '../../lambda/domain/time-budget.ts';
import type { AuditCopies } from '../../lambda/ports/audit-copies.ts';
import type { AuditObject } from '../../lambda/ports/audit-store.ts';
import type { AuditTrail } from '../../lambda/ports/audit-trail.ts';
import type { Database } from '../../lambda/ports/database.ts';
import type { Reporter } from '../../lambda/ports/reporter.ts';
import type { Trust } from '../../lambda/ports/trust.ts';
import { Aside } from '../../lambda/rotation/aside.ts';
import type { RotationContext } from '../../lambda/rotation/context.ts';
import { copyAside } from '../../lambda/rotation/copy-trail.ts';
import {
  LoginBudget,
  newRefusalMemory,
  type RefusalMemory,
} from '../../lambda/rotation/login-budget.ts';
import type { FaultPlan } from '../faults.ts';
import { MemoryAuditKey } from './audit-key.ts';
import { MemoryAuditStore } from './audit-store.ts';
import { MemoryCopyStore } from './copy-store.ts';
import { makeMemoryMirror } from './mirror.ts';
import { makeMemorySecretStore } from './secret-store.ts';
import type { Turn } from './turn.ts';
import type { MemoryFaults } from './under-faults.ts';
import type { World } from './world.ts';

export const AUDIT_PREFIX = 'lockstep/orders/';
export const AUDIT_KEYS: readonly string[] = ['example-audit-key-that-is-long-enough'];

/** What one invocation of the function has of its own. */
export interface Invocation {
  readonly request: RotationRequest;
  readonly requestId: string;
  readonly faults: FaultPlan;
  readonly clock: Clock;
  /** When the platform stops it, in milliseconds since 1970. */
  readonly endMs: number;
  readonly reporter: Reporter;
  /** @default one that knows nothing yet */
  readonly redactor?: Redactor;
  /** What the function's container remembers of the trail. @default nothing */
  readonly tip?: AuditTip;
  /** What it remembers of refused logins. @default nothing */
  readonly refusals?: RefusalMemory;
  /** @default the trail in the world's bucket */
  readonly audit?: (line: MemoryFaults & { readonly turn?: Turn | undefined }) => AuditTrail;
  /** @default calls go on at once */
  readonly turn?: Turn | undefined;
  /** See MemoryMirrorOptions. */
  readonly losesChange?: () => boolean;
  /** @default no database has certificates of ours */
  readonly trusts?: readonly Trust[];
  /** Stands between the step and a database. @default nothing does */
  readonly seeDatabase?: (database: Database) => Database;
}

/** All that one invocation reaches in a world, on lines of its own with faults of their own. */
export function contextOf(world: World, invocation: Invocation): RotationContext {
  const { request, clock, endMs, reporter, faults, turn, losesChange } = invocation;
  const seeDatabase = invocation.seeDatabase ?? ((database: Database) => database);
  const { secretArn, secretOcid, strategy, chance } = world;
  const redactor = invocation.redactor ?? new Redactor();
  const budget = new TimeBudget(() => endMs - clock.now());
  const line = { faults, clock, budget, turn };
  const aside = new Aside();
  const copies = copiesOf(world, invocation, line);
  const onKept = (object: AuditObject): void => {
    copyAside({ copies, reporter, aside }, object);
  };
  const audit = invocation.audit?.(line) ?? auditTrailOf(world, { ...invocation, onKept }, line);
  return {
    request,
    secretArn,
    strategy,
    secrets: makeMemorySecretStore({
      ...line,
      model: world.secretsManager,
      secretArn,
      redactor,
      settleDelaysMs: world.settleDelaysMs,
    }),
    mirrors: [
      makeMemoryMirror({
        ...line,
        name: 'oci',
        model: world.vault,
        secretOcid,
        redactor,
        ...(losesChange && { losesChange }),
      }),
      ...(world.strings?.mirrors({ ...line, redactor }) ?? []),
    ],
    trusts: invocation.trusts ?? [],
    databases: world.databases.map((database) => seeDatabase(world.reach(database, line))),
    audit,
    copies,
    reporter,
    logins: new LoginBudget({
      audit,
      clock,
      reporter,
      memory: invocation.refusals ?? newRefusalMemory(),
    }),
    random: chance,
    clock,
    budget,
    aside,
    warmUp: () => undefined,
  };
}

function auditTrailOf(
  world: World,
  {
    request,
    requestId,
    clock,
    tip,
    onKept,
  }: Invocation & { readonly onKept: (object: AuditObject) => void },
  line: MemoryFaults & { readonly turn: Turn | undefined },
): ChainedAuditTrail {
  const { secretArn } = world;
  return new ChainedAuditTrail({
    store: new MemoryAuditStore({ ...line, bucket: world.auditBucket }),
    key: new MemoryAuditKey({ ...line, versions: AUDIT_KEYS }),
    tip: tip ?? { link: undefined },
    clock,
    prefix: AUDIT_PREFIX,
    onKept,
    context: {
      rotation: 'orders',
      secretArn,
      versionId: request.versionId,
      step: request.step,
      requestId,
      functionVersion: '1',
    },
  });
}

function copiesOf(
  world: World,
  { clock, endMs }: Invocation,
  line: MemoryFaults & { readonly turn: Turn | undefined },
): AuditCopies | undefined {
  const { auditBucket: bucket, copies } = world;
  if (copies === undefined) return undefined;
  const time = new AsideTime({ remainingMs: () => endMs - clock.now(), clock });
  const place = { ...line, budget: time.budget };
  return new TrailCopies({
    source: () => Promise.resolve(new MemoryAuditStore({ ...place, bucket })),
    target: () => Promise.resolve(new MemoryCopyStore({ ...place, bucket: copies })),
    prefix: AUDIT_PREFIX,
    time,
  });
}
