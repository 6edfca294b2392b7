import { StoredTrailHistory } from '../../lambda/adapters/stored-trail-history.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { NO_VERSION } from '../../lambda/domain/step.ts';
import type { InspectionContext } from '../../lambda/inspection/context.ts';
import { LoginAllowance, type InspectionRefusal } from '../../lambda/inspection/login-allowance.ts';
import type { Reporter } from '../../lambda/ports/reporter.ts';
import { MemoryAuditKey } from './audit-key.ts';
import { MemoryAuditStore } from './audit-store.ts';
import { AUDIT_KEYS, AUDIT_PREFIX, contextOf } from './invocation.ts';
import { makeMemoryMirrorSurvey } from './mirror.ts';
import type { World } from './world.ts';

const silent: Reporter = { info: () => undefined, warn: () => undefined, metric: () => undefined };

/**
 * What an inspection reaches of a world.
 *
 * @param refusals what earlier inspections of the same container were refused
 */
export function inspectionOf(world: World, refusals: InspectionRefusal[] = []): InspectionContext {
  const { clock, faults, secretArn, chance: random } = world;
  const { strategy, secrets, mirrors, databases, trusts, budget } = contextOf(world, {
    request: { step: 'watch', secretArn, versionId: NO_VERSION },
    requestId: 'inspection',
    faults,
    clock,
    endMs: clock.now() + world.invocationMs,
    reporter: silent,
  });
  const line = { faults, clock, budget };
  const trail = new StoredTrailHistory({
    store: new MemoryAuditStore({ ...line, bucket: world.auditBucket }),
    key: new MemoryAuditKey({ ...line, versions: AUDIT_KEYS }),
    prefix: AUDIT_PREFIX,
    rotation: 'orders',
  });
  return {
    rotation: 'orders',
    secretArn,
    strategy,
    secrets,
    mirrors,
    databases,
    mirrorSurveys: [
      makeMemoryMirrorSurvey({
        ...line,
        name: 'oci',
        model: world.vault,
        secretOcid: world.secretOcid,
        redactor: new Redactor(),
      }),
    ],
    trusts,
    routes: () => Promise.resolve([]),
    signIns: [],
    trail,
    logins: new LoginAllowance({ trail, clock, refusals }),
    random,
    clock,
  };
}
