import { connectionStringsSecrets } from '../config/connection-strings-config.ts';
import type { FunctionConfig } from '../config/function-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import { StoredTrailHistory } from './adapters/stored-trail-history.ts';
import {
  clock,
  composeWorld,
  createContainer,
  loginLimits,
  type Container,
  type Environment,
  type Visit,
} from './compose.ts';
import { composeTrailPlace } from './compose-audit.ts';
import { composeOciAccess, composeSignIns } from './compose-mirror.ts';
import { composeRoutes } from './compose-routes.ts';
import { NO_VERSION } from './domain/step.ts';
import { TimeBudget } from './domain/time-budget.ts';
import type { InspectionContext } from './inspection/context.ts';
import { LoginAllowance, type InspectionRefusal } from './inspection/login-allowance.ts';

/** What lives as long as the inspector's container. */
export interface InspectorContainer extends Container {
  readonly environment: Environment;
  /** Logins that inspections were refused. */
  readonly inspectionRefusals: InspectionRefusal[];
}

/** @throws ConfigurationError as `createContainer` */
export function createInspectorContainer(environment: Environment): InspectorContainer {
  return { ...createContainer(environment), environment, inspectionRefusals: [] };
}

/** The world of the rotation, as far as it is read. Reaches nothing yet. @throws ConfigurationError for an unsafe endpoint */
export async function composeInspection(
  container: InspectorContainer,
  call: Omit<Visit, 'entry'>,
): Promise<InspectionContext> {
  const { config, environment, inspectionRefusals: refusals } = container;
  const { redactor } = call;
  // The trail is not written, so that what an entry would say does not matter.
  const entry = { step: 'watch', versionId: NO_VERSION } as const;
  const world = composeWorld(container, { ...call, entry });
  const { strategy, secrets, mirrors, databases, trusts, random } = world;
  const budget = new TimeBudget(call.remainingMs);
  const parts = { container, budget, redactor, clock, ociAccesses: new Map() };
  const place = composeTrailPlace(await container.audit(), { ...parts, config });
  const trail = new StoredTrailHistory({ ...place, rotation: config.name });
  return {
    rotation: config.name,
    secretArn: config.secretArn,
    strategy,
    secrets,
    mirrors,
    databases,
    mirrorSurveys: secretsInOci(config).map((mirror) => ({
      name: mirror.name,
      state: async () => {
        const [access, { makeOciVaultSurvey }] = await Promise.all([
          composeOciAccess(mirror, parts),
          import('./adapters/oci-vault.ts'),
        ]);
        const options = { config: mirror, access, budget, clock, redactor };
        return await makeOciVaultSurvey(options).state();
      },
    })),
    trusts,
    routes: async () => await composeRoutes(container, { environment, budget }),
    signIns: composeSignIns(config.mirrors, parts),
    trail,
    logins: new LoginAllowance({ trail, clock, limits: loginLimits(config), refusals }),
    random,
    clock,
  };
}

/** The mirrors, and the second secrets beside them. */
function secretsInOci(config: FunctionConfig): readonly OciVaultConfig[] {
  const seconds = connectionStringsSecrets(config);
  return [...config.mirrors, ...seconds.flatMap((one) => ('mirror' in one ? [one.mirror] : []))];
}
