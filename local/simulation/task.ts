import { PlannedAdversary } from './adversary.ts';
import { Enumeration } from './enumeration.ts';
import type { Found } from './found.ts';
import { live } from './life.ts';
import { parsePlan, type Plan } from './plan.ts';
import { SeededRandom } from './random.ts';
import { Run, type Scenario } from './run.ts';
import { shrink } from './shrink.ts';
import { PLAIN_STORY, STORIES, type Story, type StoryName } from './story.ts';
import { drawScenario, SwarmAdversary } from './swarm.ts';
import { EMPTY_TALLY, sumOf, type Tally } from './tally.ts';
import type { Promised } from './violation.ts';
import type { WorldName } from './worlds.ts';

/** A part of the work that one thread does at a time. */
export type Task = (SinglesTask | PairsTask | RandomTask | PlanTask) & {
  /** Ends as soon as this promise is broken. @default never */
  readonly until?: Promised;
};

export interface SinglesTask {
  readonly kind: 'singles';
  readonly world: WorldName;
  readonly story: StoryName;
}

export interface PairsTask {
  readonly kind: 'pairs';
  readonly world: WorldName;
  readonly story: StoryName;
  /** Which of how many parts of the first faults. */
  readonly part: number;
  readonly parts: number;
  /** How many of the pairs are run, 0 … 1. */
  readonly share: number;
  readonly seed: number;
}

export interface RandomTask {
  readonly kind: 'random';
  readonly seed: number;
  readonly runs: number;
  readonly world: WorldName | undefined;
}

/** A plan that is known to bring something about. */
export interface PlanTask {
  readonly kind: 'plan';
  readonly world: WorldName;
  readonly story: Partial<Story>;
  /**
   * As on the command line. `{oracle:changePassword}` stands for the first call of that name where nothing fails, and
   * `{oracle:changePassword}+1` for the one after it.
   */
  readonly plan: string;
}

/** Passwords and ids of enumerations: whichever they are makes no difference. */
export const ENUMERATION_SEED = 1;
/** Of the violations of one promise in one task, so many are looked into. */
const SHRUNK_MAX = 2;

export async function doTask(task: Task): Promise<Tally> {
  const tally = await play(task);
  // Whoever gives a plan knows it, and has made it short.
  if (task.kind === 'plan') return tally;
  return { ...tally, violations: await shrinkSome(tally.violations) };
}

async function play(task: Task): Promise<Tally> {
  const isOver = ({ violations }: Tally): boolean =>
    violations.some(({ violation }) => violation.promise === task.until);
  switch (task.kind) {
    case 'singles': {
      const enumeration = enumerationOf(task);
      await enumeration.singles(isOver);
      return enumeration.tally;
    }
    case 'pairs':
      return await playPairs(task, isOver);
    case 'plan': {
      const story = { ...PLAIN_STORY, ...task.story };
      const scenario = { world: task.world, story, seed: ENUMERATION_SEED };
      return await playPlan({ scenario, plan: await planOf(scenario, task.plan) });
    }
    case 'random': {
      let tally = EMPTY_TALLY;
      for (let run = 0; run < task.runs && !isOver(tally); run += 1) {
        tally = sumOf(tally, await playSeed(task.seed + run, task.world));
      }
      return tally;
    }
  }
}

async function playPairs(task: PairsTask, isOver: (tally: Tally) => boolean): Promise<Tally> {
  const enumeration = enumerationOf(task);
  const firsts = await enumeration.firstFaults();
  const { part, parts, share, seed } = task;
  const random = new SeededRandom(seed);
  const from = Math.floor((firsts.length * part) / parts);
  const to = Math.floor((firsts.length * (part + 1)) / parts);
  // Of the first faults as of the second ones: each first fault takes a run that only looks where a second could be.
  const chance = Math.sqrt(share);
  for (const first of firsts.slice(from, to)) {
    if (isOver(enumeration.tally)) break;
    if (random.chance(chance)) await enumeration.pairs(first, () => random.chance(chance));
  }
  return enumeration.tally;
}

async function planOf(scenario: Scenario, text: string): Promise<Plan> {
  const run = new Run(scenario, new PlannedAdversary([]));
  await live(run);
  return parsePlan(
    text.replaceAll(/\{(?<name>[^}]+)\}(?:\+(?<more>\d+))?/g, (_all, name: string, more = '0') =>
      String(run.calls.findIndex(({ call }) => call === name) + Number(more)),
    ),
  );
}

/** The run that a seed stands for. */
export async function playSeed(seed: number, world: WorldName | undefined): Promise<Tally> {
  const scenario = drawScenario(seed >>> 0, world);
  const adversary = new SwarmAdversary(scenario.seed);
  const run = new Run(scenario, adversary);
  await live(run);
  return tallyOf(
    run,
    run.violations.slice(0, 1).map((violation) => ({
      scenario,
      plan: adversary.plan,
      violation,
    })),
  );
}

/** One run of a plan. */
export async function playPlan({
  scenario,
  plan,
}: Pick<Found, 'scenario' | 'plan'>): Promise<Tally> {
  const run = new Run(scenario, new PlannedAdversary(plan));
  await live(run);
  return tallyOf(
    run,
    run.violations.slice(0, 1).map((violation) => ({ scenario, plan, violation })),
  );
}

function enumerationOf({ world, story }: { world: WorldName; story: StoryName }): Enumeration {
  return new Enumeration({ world, story: STORIES[story], seed: ENUMERATION_SEED });
}

function tallyOf(run: Run, violations: readonly Found[]): Tally {
  const { incidents, refusedLogins } = run;
  return { ...EMPTY_TALLY, runs: 1, incidents, refusedLogins, violations };
}

async function shrinkSome(violations: readonly Found[]): Promise<readonly Found[]> {
  const counts = new Map<string, number>();
  const shrunk: Found[] = [];
  for (const found of violations) {
    const { promise } = found.violation;
    const count = (counts.get(promise) ?? 0) + 1;
    counts.set(promise, count);
    shrunk.push(count > SHRUNK_MAX ? found : await shrink(found));
  }
  return shrunk;
}
