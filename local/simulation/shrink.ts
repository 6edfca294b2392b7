import { PlannedAdversary } from './adversary.ts';
import type { Found } from './found.ts';
import { live } from './life.ts';
import type { Incident, Plan } from './plan.ts';
import { Run, type Scenario } from './run.ts';
import { PLAIN_STORY, type Story } from './story.ts';

/** Runs that looking for a shorter plan may take. */
const RUNS_MAX = 600;

/**
 * The shortest plan and the plainest story found that still break the same promise. The finding itself may differ.
 */
export async function shrink(found: Found): Promise<Found> {
  const search = new Search(found);
  if (!(await search.breaks(found.scenario, found.plan))) return found;
  let before: Found;
  do {
    before = search.best;
    await search.dropIncidents();
    await search.plainStory();
    await search.simplerIncidents();
  } while (search.best !== before && search.runsLeft > 0);
  return search.best;
}

class Search {
  best: Found;
  runsLeft = RUNS_MAX;

  constructor(found: Found) {
    this.best = found;
  }

  /** Whether the plan breaks the same promise; then it is the best one from now on. */
  async breaks(scenario: Scenario, plan: Plan): Promise<boolean> {
    if (this.runsLeft === 0) return false;
    this.runsLeft -= 1;
    const run = new Run(scenario, new PlannedAdversary(plan));
    await live(run);
    const { promise } = this.best.violation;
    const violation = run.violations.find((one) => one.promise === promise);
    if (violation === undefined) return false;
    this.best = { scenario, plan, violation };
    return true;
  }

  /** In ever smaller parts: half of them, a quarter, one by one. */
  async dropIncidents(): Promise<void> {
    for (let size = Math.ceil(this.best.plan.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let start = 0; start < this.best.plan.length;) {
        const { plan, scenario } = this.best;
        const shorter = [...plan.slice(0, start), ...plan.slice(start + size)];
        if (!(await this.breaks(scenario, shorter))) start += size;
      }
    }
  }

  async plainStory(): Promise<void> {
    for (const key of Object.keys(PLAIN_STORY) as (keyof Story)[]) {
      const { scenario, plan } = this.best;
      if (scenario.story[key] === PLAIN_STORY[key]) continue;
      const story = { ...scenario.story, [key]: PLAIN_STORY[key] };
      await this.breaks({ ...scenario, story }, plan);
    }
  }

  async simplerIncidents(): Promise<void> {
    for (let index = 0; index < this.best.plan.length; index += 1) {
      for (const simpler of simplerThan(this.best.plan[index])) {
        const { scenario, plan } = this.best;
        if (await this.breaks(scenario, plan.with(index, simpler))) break;
      }
    }
  }
}

/** Simplest first. */
function simplerThan(incident: Incident | undefined): readonly Incident[] {
  if (incident === undefined) return [];
  if ('outage' in incident) {
    const { call, outage, processes } = incident;
    const fewer = [1, 2, 4].filter((count) => count < processes);
    return [
      { call, fault: 'loseRequest' },
      ...fewer.map((count) => ({ call, outage, processes: count })),
    ];
  }
  if ('fault' in incident && incident.fault !== 'loseRequest') {
    return [{ call: incident.call, fault: 'loseRequest' }];
  }
  return [];
}
