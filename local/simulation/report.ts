import { PlannedAdversary } from './adversary.ts';
import type { Found } from './found.ts';
import { live } from './life.ts';
import { formatPlan } from './plan.ts';
import { Run } from './run.ts';
import { PLAIN_STORY, STORIES, STORY_NAMES, type Story } from './story.ts';
import type { Tally } from './tally.ts';
import { ENUMERATION_SEED } from './task.ts';

/** Calls shown before the one that broke the promise. */
const CALLS_SHOWN = 60;

/** What a violation is, how to see it again, and what brings it about, in lines of text. */
export function describeFound({ scenario, plan, violation }: Found): string[] {
  const { world, seed, story } = scenario;
  const name = STORY_NAMES.find((one) => isSame(STORIES[one], story));
  // A seed also fixes the order of calls that are made at once, so what it found is played again from the seed.
  const shortest =
    name === undefined || seed !== ENUMERATION_SEED
      ? `--seed ${seed} --world ${world}`
      : `--world ${world} --story ${name} --plan ${formatPlan(plan) || "''"}`;
  return [
    `promise ${violation.promise} broken in ${world}: ${violation.finding}`,
    `  seed     ${seed}`,
    `  plan     ${formatPlan(plan) || 'nothing fails'}`,
    `  story    ${name ?? JSON.stringify(differences(story))}`,
    `  replay   npm run simulation -- ${shortest}`,
  ];
}

/** The calls that led to a violation, process by process. */
export async function traceOf({ scenario, plan, violation }: Found): Promise<string[]> {
  const run = new Run(scenario, new PlannedAdversary(plan));
  await live(run);
  const end = run.violations.find(({ promise }) => promise === violation.promise)?.call ?? 0;
  const lines = run.calls.slice(0, end).map(({ call, process, fault }, index) => {
    const step = run.processes[process]?.request.step ?? '';
    return `  ${index}  process ${process} ${step}  ${call}${fault === undefined ? '' : `  <- ${fault}`}`;
  });
  return lines.slice(-CALLS_SHOWN);
}

export function lastLine({ runs, incidents, violations }: Tally): string {
  return `simulation: ${runs} runs, ${incidents} faults injected, ${violations.length} violations`;
}

/** In what a story is not the plain one. */
function differences(story: Story): Partial<Story> {
  return Object.fromEntries(
    Object.entries(story).filter(([key, value]) => PLAIN_STORY[key as keyof Story] !== value),
  );
}

function isSame(one: Story, other: Story): boolean {
  return Object.entries(one).every(([key, value]) => other[key as keyof Story] === value);
}
