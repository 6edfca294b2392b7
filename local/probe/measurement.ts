import type { Engine } from '../../lambda/ports/database.ts';
import { DATABASE_NAMES, enginesOf } from '../clouds/topology.ts';
import { summarize, type ApplicationSummary } from './application-summary.ts';
import type { Attempt } from './attempt.ts';
import { CLIENT_MODES } from './client-mode.ts';
import type { RotationRecord } from './rotation-kind.ts';
import type { Strategy } from './strategy.ts';

/** What was seen of one strategy. Moments are milliseconds since the epoch. */
export interface Measurement {
  readonly strategy: Strategy;
  readonly rotations: readonly RotationRecord[];
  /** Between two ticks of one application: what is shorter cannot be seen. */
  readonly intervalMs: number;
  readonly cacheMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** One for each database and mode, in this order. */
  readonly applications: readonly MeasuredApplication[];
}

export interface MeasuredApplication {
  readonly engine: Engine;
  /** Before the first rotation. */
  readonly baseline: ApplicationSummary;
  /** From the first rotation on. */
  readonly summary: ApplicationSummary;
  /** Of both. */
  readonly attempts: readonly Attempt[];
}

export interface Observation extends Pick<
  Measurement,
  'strategy' | 'rotations' | 'intervalMs' | 'cacheMs' | 'startMs'
> {
  /** Of all applications; those before `startMs` do not count. */
  readonly attempts: readonly Attempt[];
}

/** Sorts what the prober has reported by application, and by before and after the first rotation began. */
export function makeMeasurement({ attempts, ...observation }: Observation): Measurement {
  const { strategy, rotations, startMs } = observation;
  const measured = attempts.filter(({ dueMs }) => dueMs >= startMs);
  const endMs = measured.reduce((latest, { dueMs }) => Math.max(latest, dueMs), startMs);
  const baselineEndMs = rotations[0]?.startedMs ?? endMs;
  const applications = enginesOf(strategy.topology).flatMap((engine) =>
    CLIENT_MODES.map((mode): MeasuredApplication => {
      const application = { database: DATABASE_NAMES[engine], mode };
      const own = measured.filter(
        (one) => one.database === application.database && one.mode === mode,
      );
      const before = own.filter(({ dueMs }) => dueMs < baselineEndMs);
      const after = own.filter(({ dueMs }) => dueMs >= baselineEndMs);
      return {
        engine,
        baseline: summarize(application, before, baselineEndMs),
        summary: summarize(application, after, endMs),
        attempts: own,
      };
    }),
  );
  return { ...observation, endMs, applications };
}
