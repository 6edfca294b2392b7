import { cpus, totalmem } from 'node:os';
import { findNode } from '../lambda/node-runtime.ts';
import {
  bundleSize,
  compileRotation,
  measureColdStart,
  type BundleSize,
  type ColdStart,
} from './cold-start.ts';
import { FEWEST_ROUND_TRIPS, FEWEST_ROUND_TRIPS_SUM } from './critical-path.ts';
import { Fleet, type FleetTime } from './fleet.ts';
import { RotationBench, type IdleStep, type RotationTime } from './rotation-time.ts';

const ROUND_TRIPS_MS = [0, 20, 40, 80];
const YARDSTICK_MS = 40;
const IDLE_AT = { nearMs: 0, farMs: YARDSTICK_MS };
const RUNS = { starts: 25, rotations: 7, idle: 9, fleets: [1, 10, 100, 1_000] };
const QUICK_RUNS = { starts: 7, rotations: 2, idle: 3, fleets: [1, 10] };
const LAMBDA_NODE = 24;
/** The SDKs ask for a region; their advice about an older Node is not about the start. */
const START_ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** What `--json` prints. */
export interface BenchResult {
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly memoryBytes: number };
  readonly size: BundleSize;
  readonly coldStarts: readonly ColdStart[];
  readonly rotations: readonly RotationTime[];
  readonly idleSteps: readonly IdleStep[];
  readonly fleets: readonly FleetTime[];
  readonly fewestRoundTrips: typeof FEWEST_ROUND_TRIPS;
  /** Of the line alone: how much longer a rotation takes for each millisecond of a round trip. */
  readonly roundTrips: number;
  readonly roundTripsToFewest: number;
}

/** @throws whatever keeps the clouds from starting, or a rotation from succeeding */
export async function runBench(options: {
  readonly isQuick: boolean;
  readonly nodePath: string | undefined;
  /** How many secrets are rotated at once. @default 1, 10, 100 and 1,000; quick: 1 and 10 */
  readonly fleets?: readonly number[] | undefined;
  /** Told what is being measured. */
  readonly progress: (what: string) => void;
}): Promise<BenchResult> {
  const { isQuick, progress } = options;
  const runs = isQuick ? QUICK_RUNS : RUNS;
  const nodePath = options.nodePath ?? findNode(LAMBDA_NODE) ?? process.execPath;
  progress('the bundle');
  const code = compileRotation();
  const environment = { ...START_ENVIRONMENT, LOCKSTEP_CONFIG: JSON.stringify(EXAMPLE_CONFIG) };
  const coldStarts: ColdStart[] = [];
  for (const node of new Set([nodePath, process.execPath])) {
    progress(`fresh starts of ${node}`);
    coldStarts.push(
      await measureColdStart({ code, nodePath: node, runs: runs.starts, environment }),
    );
  }
  const fleets = await measureFleets({ nodePath, sizes: options.fleets ?? runs.fleets, progress });
  progress('the clouds');
  const bench = await RotationBench.start(nodePath);
  try {
    const rotations: RotationTime[] = [];
    for (const roundTripMs of ROUND_TRIPS_MS) {
      progress(`rotations at ${roundTripMs} ms`);
      rotations.push(await bench.measure({ roundTripMs, rotations: runs.rotations }));
    }
    progress(`rotations at ${YARDSTICK_MS} ms, handshakes with the clouds counted`);
    const handshakes = { roundTripMs: YARDSTICK_MS, hasCloudHandshakes: true };
    rotations.push(await bench.measure({ ...handshakes, rotations: runs.rotations }));
    progress('steps with nothing to do');
    const idleSteps = await bench.measureIdle(IDLE_AT, runs.idle);
    const roundTrips = roundTripsOf(rotations);
    return {
      machine: machine(),
      size: bundleSize(code),
      coldStarts,
      rotations,
      idleSteps,
      fleets,
      fewestRoundTrips: FEWEST_ROUND_TRIPS,
      roundTrips,
      roundTripsToFewest: roundTrips / FEWEST_ROUND_TRIPS_SUM,
    };
  } finally {
    await bench.close();
  }
}

async function measureFleets({
  nodePath,
  sizes,
  progress,
}: {
  readonly nodePath: string;
  readonly sizes: readonly number[];
  readonly progress: (what: string) => void;
}): Promise<readonly FleetTime[]> {
  const fleet = await Fleet.start(nodePath);
  try {
    const fleets: FleetTime[] = [];
    for (const size of sizes) {
      progress(`${size} secrets at once`);
      fleets.push(await fleet.measure(size));
    }
    return fleets;
  } finally {
    await fleet.close();
  }
}

/** From the nearest and the farthest: what this machine itself takes is in both. */
function roundTripsOf(rotations: readonly RotationTime[]): number {
  const warm = rotations.filter(({ hasCloudHandshakes }) => !hasCloudHandshakes);
  const [near, far] = [warm[0], warm.at(-1)];
  if (near === undefined || far === undefined) return NaN;
  return (far.ms.median - near.ms.median) / (far.roundTripMs - near.roundTripMs);
}

function machine(): BenchResult['machine'] {
  const processors = cpus();
  const [first] = processors;
  return { cpu: first?.model ?? 'unknown', cpus: processors.length, memoryBytes: totalmem() };
}

const ACCOUNT_ARN = 'eu-west-1:111111111111';
/** As the function gets it; nothing is called with it. */
const EXAMPLE_CONFIG = {
  name: 'orders',
  secretArn: `arn:aws:secretsmanager:${ACCOUNT_ARN}:secret:orders/app-AbCdEf`,
  databases: [
    {
      name: 'orders-rds',
      engine: 'postgres',
      host: 'orders.example.com',
      port: 5432,
      database: 'orders',
      trust: 'system',
    },
  ],
  mirrors: [
    {
      name: 'oci-frankfurt',
      type: 'oci-vault',
      secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
      region: 'eu-frankfurt-1',
      auth: {
        type: 'api-key',
        secretArn: `arn:aws:secretsmanager:${ACCOUNT_ARN}:secret:oci/api-key-AbCdEf`,
      },
    },
  ],
  audit: {
    bucket: 'audit-example',
    prefix: 'lockstep/orders/',
    keyParameter: '/lockstep/orders/key',
  },
};
