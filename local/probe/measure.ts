import { setTimeout as delay } from 'node:timers/promises';
import { startClouds, type Clouds } from '../clouds/clouds.ts';
import { CLIENT_MODES } from './client-mode.ts';
import { makeMeasurement, type Measurement } from './measurement.ts';
import type { OneSynthesis } from '../clouds/one-synthesis.ts';
import { RETRY_DELAY_MS, SETTLING_MAX_MS } from './pauses.ts';
import { probedDatabases } from './probed-databases.ts';
import { ProberProcess } from './prober-process.ts';
import { planRotations, type RotationKind, type RotationRecord } from './rotation-kind.ts';
import { ROTATION_MAX_MS, Rotator } from './rotator.ts';
import type { Strategy } from './strategy.ts';

/** Refused logins of the function's own, which faults cost it; the rotations here are to be a month apart. */
const REFUSED_LOGINS_MAX = 100;
const WARM_UP_MS = 1_000;
const REGION = 'eu-west-1';
const ORACLE_PROFILE = 'APP_PROFILE';

export interface MeasureOptions {
  readonly rotations: number;
  /** Between two ticks of one application. */
  readonly intervalMs: number;
  readonly cacheMs: number;
  /** How long is measured before the first rotation. */
  readonly baselineMs: number;
  readonly nodePath: string | undefined;
  readonly synthesis: OneSynthesis;
  readonly progress: (what: string) => void;
  /** Told before each rotation; `number` counts from 1. */
  readonly onRotation: (number: number, kind: RotationKind) => void;
  /** Given, before anything starts, what takes away whatever has started by the time it is called. */
  readonly onStarted: (close: () => Promise<void>) => void;
}

/**
 * Measures one strategy on clouds of its own: first without a rotation, then through all rotations, each of which is
 * followed until the service has done with it and every cache has let go of the password before. After a rotation that
 * does not end well there is no other.
 *
 * @throws whatever keeps the clouds or the prober from starting, or ends the prober early
 */
export async function measure(strategy: Strategy, options: MeasureOptions): Promise<Measurement> {
  const { synthesis, nodePath, progress, intervalMs, cacheMs } = options;
  const rotator = new Rotator();
  let prober: ProberProcess | undefined;
  let closeClouds = (): Promise<void> => Promise.resolve();
  const close = async (): Promise<void> => {
    await prober?.stop();
    await closeClouds();
  };
  options.onStarted(close);
  try {
    const clouds = await startClouds({
      topology: strategy.topology,
      retryDelayMs: RETRY_DELAY_MS,
      refusedLoginsPerDayMax: REFUSED_LOGINS_MAX,
      intercept: rotator.intercept,
      authority: synthesis.authority,
      synthesize: synthesis.synthesize,
      nodePath,
      progress,
      onStarted: (closing) => {
        closeClouds = closing;
      },
    });
    keepOracleUnlocked(clouds);
    progress('the prober');
    prober = await startProber(clouds, options);
    // A process that has just begun is slow, and late, for its first seconds.
    await delay(WARM_UP_MS);
    await prober.caughtUp();
    const startMs = Date.now();
    progress('without a rotation');
    await delay(options.baselineMs);
    const rotations = await rotateAll(clouds, { rotator, prober, options });
    await prober.stop();
    const { attempts } = prober;
    return makeMeasurement({ strategy, rotations, intervalMs, cacheMs, startMs, attempts });
  } finally {
    await close();
  }
}

/** Ten refused logins in a row would lock the account for a day, and end the measurement. */
function keepOracleUnlocked({ databases: { accounts } }: Clouds): void {
  accounts.alterProfile(ORACLE_PROFILE, { failedLoginAttempts: Infinity });
}

async function startProber(
  clouds: Clouds,
  { rotations, intervalMs, cacheMs, baselineMs }: MeasureOptions,
): Promise<ProberProcess> {
  return await ProberProcess.start({
    secretsManager: {
      endpoint: clouds.vaults.aws.urls.secretsManager,
      region: REGION,
      accessKeyId: 'EXAMPLEACCESSKEYID',
      secretAccessKey: 'example',
    },
    secretArn: clouds.vaults.secretArn,
    databases: [...probedDatabases(clouds)],
    modes: [...CLIENT_MODES],
    intervalMs,
    cacheMs,
    runMaxMs: baselineMs + (rotations + 1) * (ROTATION_MAX_MS + cacheMs + SETTLING_MAX_MS),
  });
}

async function rotateAll(
  clouds: Clouds,
  {
    rotator,
    prober,
    options,
  }: {
    readonly rotator: Rotator;
    readonly prober: ProberProcess;
    readonly options: MeasureOptions;
  },
): Promise<readonly RotationRecord[]> {
  const records: RotationRecord[] = [];
  for (const [index, kind] of planRotations(options.rotations).entries()) {
    options.onRotation(index + 1, kind);
    const record = await rotator.rotate(clouds, kind);
    records.push(record);
    await prober.settled(record.endedMs + options.cacheMs);
    // Attempts that were due later may have waited for the same answer as those.
    await prober.settled(Date.now());
    if (record.failure !== undefined) break;
  }
  return records;
}
