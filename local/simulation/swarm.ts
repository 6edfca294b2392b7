import type { Adversary, CallSite } from './adversary.ts';
import { ANSWER, FAULT_KINDS, type FaultKind } from './fault-kind.ts';
import { ACTS, isOf, OUTAGES, type Act, type Incident, type Outage, type Plan } from './plan.ts';
import { SeededRandom } from './random.ts';
import type { Scenario } from './run.ts';
import { MIRROR_VERSIONS_MAX, type Story } from './story.ts';
import { WORLD_NAMES, type WorldName } from './worlds.ts';

const HOUR_MS = 60 * 60 * 1_000;
const PROCESSES_OUT_MAX = 12;
/** Faults over and above these are none: a run is to end. */
const INCIDENTS_MAX = 120;

/** The scenario that a seed stands for. */
export function drawScenario(seed: number, world?: WorldName): Scenario {
  const random = new SeededRandom(seed);
  const drawn = random.pick(WORLD_NAMES);
  return { world: world ?? drawn, seed, story: drawStory(random) };
}

function drawStory(random: SeededRandom): Story {
  return {
    isSettled: random.chance(0.8),
    pauseMs: random.pick([HOUR_MS / 60, HOUR_MS, 30 * HOUR_MS]),
    rotations: random.pick([1, 1, 2, 3]),
    staleReads: random.pick(['none', 'none', 'none', 'next-two', 'for-a-second']),
    mirrorLagMs: random.pick([0, 0, 0, 700, 5_000]),
    mirrorVersions: random.pick([2, 2, 2, 2, 10, MIRROR_VERSIONS_MAX]),
    keepsPendingLabel: random.chance(0.3),
    hasSuperuser: random.pick([undefined, undefined, true, false]),
    trail: random.chance(0.3) ? 'chained' : 'plain',
    retries: random.pick([0, 1, 3, 3, 8]),
    oneAtATime: random.chance(0.5),
  };
}

/**
 * Draws what goes wrong, and notes it as a plan. Each run draws first which things can go wrong at all and how often, so
 * that some runs see much of one thing and nothing of the others (swarm testing).
 */
export class SwarmAdversary implements Adversary {
  readonly #random: SeededRandom;
  readonly #plan: Incident[] = [];
  readonly #kinds: readonly FaultKind[];
  readonly #acts: readonly Act[];
  readonly #faultShare: number;
  readonly #outageShare: number;
  readonly #actShare: number;
  /** Whose calls suffer; undefined: everybody's. */
  readonly #target: Outage | undefined;
  #outage: { readonly of: Outage; readonly untilProcess: number } | undefined;

  constructor(seed: number) {
    // Not the numbers that drew the scenario.
    const random = new SeededRandom((seed ^ 0x5bd1_e995) >>> 0);
    this.#random = random;
    this.#kinds = FAULT_KINDS.filter(() => random.chance(0.5));
    this.#acts = ACTS.filter(() => random.chance(0.4));
    this.#faultShare = random.pick([0, 0.003, 0.01, 0.03, 0.1]);
    this.#outageShare = random.pick([0, 0, 0.003, 0.01]);
    this.#actShare = random.pick([0, 0, 0.05, 0.2]);
    this.#target = random.chance(0.3) ? random.pick(OUTAGES) : undefined;
  }

  /** What has gone wrong so far. */
  get plan(): Plan {
    return this.#plan;
  }

  strike({ index, call, process }: CallSite): FaultKind | undefined {
    if (this.#isOut(call, process)) return 'loseRequest';
    if (this.#plan.length >= INCIDENTS_MAX) return undefined;
    if (this.#random.chance(this.#outageShare)) {
      const outage = this.#random.pick(OUTAGES);
      const processes = 1 + this.#random.integerBelow(PROCESSES_OUT_MAX);
      this.#plan.push({ call: index, outage, processes });
      this.#outage = { of: outage, untilProcess: process + processes };
      if (this.#isOut(call, process)) return 'loseRequest';
    }
    if (!this.#random.chance(this.#faultShare)) return undefined;
    if (this.#target !== undefined && !isOf(this.#target, call)) return undefined;
    const fault = this.#kinds[this.#random.integerBelow(this.#kinds.length)];
    if (fault === undefined || (call === ANSWER && fault !== 'die')) return undefined;
    this.#plan.push({ call: index, fault });
    return fault;
  }

  actsBefore(process: number): readonly Act[] {
    if (!this.#random.chance(this.#actShare)) return [];
    const act = this.#acts[this.#random.integerBelow(this.#acts.length)];
    if (act === undefined) return [];
    this.#plan.push({ process, act });
    return [act];
  }

  #isOut(call: string, process: number): boolean {
    const outage = this.#outage;
    return outage !== undefined && process < outage.untilProcess && isOf(outage.of, call);
  }
}
