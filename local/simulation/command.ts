import { makeDisplay, type Display } from './display.ts';
import type { Found } from './found.ts';
import type { Options } from './options.ts';
import { Pool } from './pool.ts';
import { describeFound, lastLine, traceOf } from './report.ts';
import { shrink } from './shrink.ts';
import { STORIES } from './story.ts';
import { EMPTY_TALLY, sumOf, type Tally } from './tally.ts';
import { ENUMERATION_SEED, playPlan, playSeed } from './task.ts';
import { phasesOf } from './work.ts';

/** Violations that are told in full; the rest are counted. */
const TOLD_MAX = 12;

/** Plays what the options ask for and tells what was found. Sets the exit status of the process: 1 with violations. */
export async function runSimulation(options: Options): Promise<void> {
  const display = makeDisplay(options.isJson ? process.stderr : process.stdout);
  const tally = await simulate(options, display);
  await tell(tally, options, display);
  if (options.isJson) {
    const { violations, ...counts } = tally;
    process.stdout.write(`${JSON.stringify({ seed: options.seed, ...counts, violations })}\n`);
  }
  display.line(lastLine(tally));
  process.exitCode = tally.violations.length > 0 ? 1 : 0;
}

async function simulate(options: Options, display: Display): Promise<Tally> {
  const { plan, world, story = 'later', seed, isReplay } = options;
  if (plan !== undefined && world !== undefined) {
    const scenario = { world, story: STORIES[story], seed: ENUMERATION_SEED };
    return await playPlan({ scenario, plan });
  }
  if (isReplay) {
    const tally = await playSeed(seed, world);
    return { ...tally, violations: await Promise.all(tally.violations.map(shrink)) };
  }
  return await simulateAll(options, display);
}

async function simulateAll(options: Options, display: Display): Promise<Tally> {
  const pool = await Pool.start(options.threads);
  let total = EMPTY_TALLY;
  try {
    for (const { says, tasks } of phasesOf(options)) {
      let phase = EMPTY_TALLY;
      display.begin(says, tasks.length);
      await pool.doAll(tasks, (_task, tally) => {
        phase = sumOf(phase, tally);
        display.step(countsOf(phase));
      });
      display.done(says, countsOf(phase));
      total = sumOf(total, phase);
    }
  } finally {
    await pool.close();
  }
  return total;
}

async function tell(tally: Tally, { isVerbose }: Options, display: Display): Promise<void> {
  const told = [...tally.violations].sort((one, other) => one.plan.length - other.plan.length);
  for (const found of told.slice(0, TOLD_MAX)) await tellOne(found, isVerbose, display);
  if (told.length > TOLD_MAX) display.bad(`and ${told.length - TOLD_MAX} violations more`);
}

async function tellOne(found: Found, isVerbose: boolean, display: Display): Promise<void> {
  const [first = '', ...rest] = describeFound(found);
  display.line('');
  display.bad(first);
  for (const text of rest) display.line(text);
  for (const text of isVerbose ? await traceOf(found) : []) display.line(text);
}

function countsOf({ runs, incidents, merged, violations }: Tally): string {
  const same = merged > 0 ? `, ${merged} more that are the same` : '';
  return `${runs} runs${same}, ${incidents} faults, ${violations.length} violations`;
}
