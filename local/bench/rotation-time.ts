import { performance } from 'node:perf_hooks';
import { startClouds, type Clouds } from '../clouds/clouds.ts';
import { ROTATION_STEPS, type RotationStep } from '../aws/rotation-events.ts';
import { rotate } from '../observation/operator.ts';
import { Distance } from './distance.ts';
import { median, spreadOf, type Spread } from './spread.ts';

const DATABASES = ['postgres', 'oracle'];
const CLOUD_SERVICES = ['secretsmanager', 'ssm', 's3', 'oci'];
/** TCP and TLS 1.3, which the stand-ins of the clouds do not speak. */
const CLOUD_HANDSHAKES = 2;

/** Whole rotations at one distance. */
export interface RotationTime {
  readonly roundTripMs: number;
  /** Whether each new connection to a cloud took two round trips more. To a database TCP and TLS always count. */
  readonly hasCloudHandshakes: boolean;
  /** From the first step's begin to the last one's end, without the pauses of Secrets Manager. */
  readonly ms: Spread;
  readonly stepMs: Readonly<Record<RotationStep, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly refusedLogins: number;
}

/** A repeated step of a rotation that is over. */
export interface IdleStep {
  readonly step: RotationStep;
  readonly calls: readonly string[];
  /** The farther of the two distances, where `ms` was measured. */
  readonly roundTripMs: number;
  readonly ms: Spread;
  /** How much longer it takes for each millisecond of a round trip: what the machine itself takes falls out. */
  readonly roundTrips: number;
}

/** Milliseconds of a round trip. */
export interface TwoDistances {
  readonly nearMs: number;
  readonly farMs: number;
}

/** The clouds, with a distance before every server. */
export class RotationBench {
  readonly #clouds: Clouds;
  readonly #distances: ReadonlyMap<string, Distance>;
  /** How long each step took when it ended last. */
  readonly #steps: ReadonlyMap<RotationStep, number>;
  #refusedLogins = 0;

  private constructor(
    clouds: Clouds,
    distances: ReadonlyMap<string, Distance>,
    steps: ReadonlyMap<RotationStep, number>,
  ) {
    this.#clouds = clouds;
    this.#distances = distances;
    this.#steps = steps;
    clouds.lambda.onLogLine((line) => {
      if (line.includes('"LoginRefused"')) this.#refusedLogins += 1;
    });
  }

  /** @param nodePath the Node that runs the function */
  static async start(nodePath: string): Promise<RotationBench> {
    const names = [...DATABASES, ...CLOUD_SERVICES];
    const distances = new Map(
      await Promise.all(names.map(async (name) => [name, await Distance.start()] as const)),
    );
    const steps = new Map<RotationStep, number>();
    const clouds = await startClouds({
      nodePath,
      // How long OCI needs for a change is OCI's own; here is counted what lies on the line.
      ociUpdatingMs: 0,
      via: (name, port) => {
        const distance = distances.get(name);
        if (distance === undefined) throw new Error(`there is no distance to ${name}`);
        distance.target = port;
        return distance.port;
      },
      listener: (news) => {
        if (news.kind === 'stepSucceeded') steps.set(news.step, news.ms);
      },
    });
    return new RotationBench(clouds, distances, steps);
  }

  async measure(options: {
    readonly roundTripMs: number;
    readonly hasCloudHandshakes?: boolean;
    readonly rotations: number;
  }): Promise<RotationTime> {
    const { roundTripMs, hasCloudHandshakes = false, rotations } = options;
    const { lambda, faults } = this.#clouds;
    this.#move(roundTripMs, hasCloudHandshakes);
    // Connections of the container at the old distance were made without its handshakes.
    await lambda.kill();
    await this.#rotate();
    const refusedBefore = this.#refusedLogins;
    const runs: ReadonlyMap<RotationStep, number>[] = [];
    let calls: readonly string[] = [];
    for (let run = 1; run <= rotations; run += 1) {
      const before = faults.calls.length;
      runs.push(await this.#rotate());
      calls = faults.calls.slice(before);
    }
    const sums = runs.map((steps) => [...steps.values()].reduce((sum, ms) => sum + ms, 0));
    const stepMs = (step: RotationStep): number => median(runs.map((run) => run.get(step) ?? NaN));
    return {
      roundTripMs,
      hasCloudHandshakes,
      ms: spreadOf(sums),
      stepMs: {
        createSecret: stepMs('createSecret'),
        setSecret: stepMs('setSecret'),
        testSecret: stepMs('testSecret'),
        finishSecret: stepMs('finishSecret'),
      },
      calls: countByService(calls),
      refusedLogins: this.#refusedLogins - refusedBefore,
    };
  }

  /** Calls each step again for the version that has just become AWSCURRENT, at both distances in turn. */
  async measureIdle({ nearMs, farMs }: TwoDistances, runs: number): Promise<readonly IdleStep[]> {
    const { faults } = this.#clouds;
    this.#move(nearMs, false);
    const versionId = await this.#rotateOnce();
    const measured: IdleStep[] = [];
    for (const step of ROTATION_STEPS) {
      const near: number[] = [];
      const far: number[] = [];
      let calls: readonly string[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const before = faults.calls.length;
        near.push(await this.#repeat(step, { versionId, roundTripMs: nearMs }));
        calls = faults.calls.slice(before);
        far.push(await this.#repeat(step, { versionId, roundTripMs: farMs }));
      }
      const roundTrips = (median(far) - median(near)) / (farMs - nearMs);
      measured.push({ step, calls, roundTripMs: farMs, ms: spreadOf(far), roundTrips });
    }
    return measured;
  }

  async close(): Promise<void> {
    await this.#clouds.close();
    await Promise.all(
      [...this.#distances.values()].map(async (one) => {
        await one.close();
      }),
    );
  }

  #move(roundTripMs: number, hasCloudHandshakes: boolean): void {
    for (const [name, distance] of this.#distances) {
      distance.roundTripMs = roundTripMs;
      if (DATABASES.includes(name)) distance.handshakes = 1;
      else distance.handshakes = hasCloudHandshakes ? CLOUD_HANDSHAKES : 0;
    }
  }

  async #repeat(
    step: RotationStep,
    { versionId, roundTripMs }: { readonly versionId: string; readonly roundTripMs: number },
  ): Promise<number> {
    const { lambda, vaults } = this.#clouds;
    this.#move(roundTripMs, false);
    const began = performance.now();
    await lambda.invoke({
      Step: step,
      SecretId: vaults.secretArn,
      ClientRequestToken: versionId,
      RotationToken: '',
    });
    return performance.now() - began;
  }

  async #rotate(): Promise<ReadonlyMap<RotationStep, number>> {
    await this.#rotateOnce();
    return new Map(this.#steps);
  }

  async #rotateOnce(): Promise<string> {
    const { versionId, outcome } = await rotate(this.#clouds);
    if (outcome.status !== 'succeeded' || outcome.attempts > 1) {
      throw new Error(`a rotation without a fault has ${outcome.status}`);
    }
    return versionId;
  }
}

function countByService(calls: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of calls) {
    const [service = ''] = call.split(':');
    counts[service] = (counts[service] ?? 0) + 1;
  }
  return counts;
}
