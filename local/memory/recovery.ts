import type { RotationWorld } from '../../lambda/rotation/context.ts';
import type { Reporter } from '../../lambda/ports/reporter.ts';
import { NO_VERSION } from '../../lambda/domain/step.ts';
import { contextOf } from './invocation.ts';
import type { World } from './world.ts';

const silent: Reporter = { info: () => undefined, warn: () => undefined, metric: () => undefined };
const OPERATOR_MS = 24 * 60 * 60 * 1_000;

/** What an operator reaches of a world from the command line, with every right. */
export function operatorWorldOf(world: World): RotationWorld {
  const { clock, faults, secretArn } = world;
  return contextOf(world, {
    request: { step: 'watch', secretArn, versionId: NO_VERSION },
    requestId: 'operator',
    faults,
    clock,
    endMs: clock.now() + OPERATOR_MS,
    reporter: silent,
  });
}
