import { faultText, type Fault } from './fault.ts';
import type { Breach } from './promises.ts';
import type { Universe } from './universe.ts';
import type { Strike, World } from './world.ts';

/** What one fault broke, and what is needed to see it again. */
export interface Violation {
  readonly breaches: readonly Breach[];
  /** The fault; or all faults of the world, where it is not known of which rotation it comes. */
  readonly faults: readonly string[];
  /** What the attempts failed with. */
  readonly failures: readonly string[];
  /** What the function wrote during the rotation. */
  readonly log: readonly string[];
}

/** What became of one fault. */
export interface Record {
  readonly fault: string;
  readonly wasReached: boolean;
  /** Of the last rotation that was tried for it. */
  readonly ms: number;
  readonly failures: readonly string[];
}

export interface CampaignResult {
  readonly rotations: number;
  readonly records: readonly Record[];
  /** Faults that struck. */
  readonly struck: readonly Fault[];
  /** Of those, the ones after which the service had to try again. */
  readonly retried: readonly Fault[];
  /** Faults whose point no rotation came by: what runs side by side may take another course each time. */
  readonly missed: readonly Fault[];
  readonly violations: readonly Violation[];
}

export interface CampaignOptions {
  readonly universe: Universe;
  /** A world to begin with. */
  readonly first: World;
  readonly faults: readonly Fault[];
  /** How many worlds there are side by side. */
  readonly worlds: number;
  /** Told before each rotation, with the number of faults that are done with. */
  readonly onRotation: (fault: Fault, done: number) => void;
  readonly onViolation: (violation: Violation) => void;
}

/** Of a version that is to be deleted OCI keeps a day's worth, 30 at most; and lists grow longer with each. */
const WORLD_ROTATIONS_MAX = 25;
/** How often a rotation is tried for a fault until one comes by its point. */
const TRIES_MAX = 3;

/** Runs one rotation for each fault, in worlds that are made anew now and then, and after every broken promise. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #todo: Fault[];
  readonly #result = {
    rotations: 0,
    records: [] as Record[],
    struck: [] as Fault[],
    retried: [] as Fault[],
    missed: [] as Fault[],
    violations: [] as Violation[],
  };
  #spare: World | undefined;
  #done = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#todo = [...options.faults];
    this.#spare = options.first;
  }

  async run(): Promise<CampaignResult> {
    const lanes = Array.from({ length: this.#options.worlds }, async () => {
      while (this.#todo.length > 0) await this.#live();
    });
    await Promise.all(lanes);
    return this.#result;
  }

  /** One world, from its making to its end. */
  async #live(): Promise<void> {
    const { universe } = this.#options;
    const given = this.#spare;
    this.#spare = undefined;
    const world = given ?? (await universe.makeWorld());
    const suffered: string[] = [];
    let isSound = true;
    for (let count = 0; count < WORLD_ROTATIONS_MAX && isSound;) {
      const fault = this.#todo.shift();
      if (fault === undefined) break;
      suffered.push(faultText(fault));
      const { rotations, isUnbroken } = await this.#strike(world, fault);
      count += rotations;
      isSound = isUnbroken;
    }
    this.#violated({
      breaches: await world.audit(),
      faults: suffered,
      failures: [],
      log: [],
    });
    await universe.end(world);
  }

  /** Rotations under the fault, until one comes by its point. */
  async #strike(
    world: World,
    fault: Fault,
  ): Promise<{ readonly rotations: number; readonly isUnbroken: boolean }> {
    for (let rotations = 1; ; rotations += 1) {
      this.#options.onRotation(fault, this.#done);
      const startedAt = Date.now();
      const strike = await world.strike(fault);
      const ms = Date.now() - startedAt;
      this.#result.rotations += 1;
      const isOver = strike.wasReached || strike.breaches.length > 0 || rotations === TRIES_MAX;
      if (!isOver) continue;
      this.#note(fault, strike, ms);
      return { rotations, isUnbroken: strike.breaches.length === 0 };
    }
  }

  #note(fault: Fault, { wasReached, breaches, failures, log }: Strike, ms: number): void {
    this.#result.records.push({ fault: faultText(fault), wasReached, ms, failures });
    const { struck, retried, missed } = this.#result;
    this.#done += 1;
    (wasReached ? struck : missed).push(fault);
    if (failures.length > 0) retried.push(fault);
    this.#violated({ breaches, faults: [faultText(fault)], failures, log });
  }

  #violated(violation: Violation): void {
    if (violation.breaches.length === 0) return;
    this.#result.violations.push(violation);
    this.#options.onViolation(violation);
  }
}
