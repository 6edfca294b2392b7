import { PlannedAdversary } from '../../local/simulation/adversary.ts';
import { live } from '../../local/simulation/life.ts';
import { Run } from '../../local/simulation/run.ts';
import { PLAIN_STORY, STORIES } from '../../local/simulation/story.ts';
import { drawScenario, SwarmAdversary } from '../../local/simulation/swarm.ts';
import { WORLD_NAMES } from '../../local/simulation/worlds.ts';

/** Seeds whose runs have duplicates, people and outages among them. */
const SEEDS = [3, 21, 40, 77, 96];

function callsOf({ calls }: Run): readonly string[] {
  return calls.map(({ call, process, fault = '' }) => `${process} ${call} ${fault}`);
}

describe('a run', () => {
  test.each(SEEDS)('is the same whenever seed %d is played', async (seed) => {
    const runs = [1, 2].map(() => new Run(drawScenario(seed), new SwarmAdversary(seed)));
    for (const run of runs) await live(run);
    const [one, other] = runs.map(callsOf);
    expect(one).toEqual(other);
    expect(one?.length).toBeGreaterThan(100);
  });

  test.each(SEEDS)('is the same by the plan that was noted as by seed %d', async (seed) => {
    const scenario = drawScenario(seed);
    const adversary = new SwarmAdversary(seed);
    const drawn = new Run(scenario, adversary);
    await live(drawn);
    const planned = new Run(scenario, new PlannedAdversary(adversary.plan));
    await live(planned);
    expect(callsOf(planned)).toEqual(callsOf(drawn));
  });

  test.each(
    WORLD_NAMES.flatMap((world) => Object.entries(STORIES).map((one) => [world, ...one] as const)),
  )(
    'breaks nothing and refuses no login where nothing fails: %s, %s',
    async (world, _name, story) => {
      const run = new Run({ world, story, seed: 7 }, new PlannedAdversary([]));
      await live(run);
      expect([run.violations, run.refusedLogins, run.successes]).toEqual([[], 0, 2]);
    },
  );

  test('shows what a fault does to the call that it befalls', async () => {
    const scenario = { world: 'postgres-oracle', story: PLAIN_STORY, seed: 1 } as const;
    const run = new Run(scenario, new PlannedAdversary([{ call: 0, fault: 'loseRequest' }]));
    await live(run);
    expect(run.calls[0]).toEqual({
      call: 'secretsmanager:DescribeSecret',
      process: 0,
      fault: 'loseRequest',
    });
    expect(run.incidents).toBe(1);
    expect(run.processes.map(({ request }) => request.step).slice(0, 3)).toEqual([
      'createSecret',
      'createSecret',
      'setSecret',
    ]);
  });
});

describe('a process that dies', () => {
  test('leaves what it has done, and nothing that it does afterwards takes effect', async () => {
    const scenario = { world: 'postgres-oracle', story: PLAIN_STORY, seed: 1 } as const;
    const whole = new Run(scenario, new PlannedAdversary([]));
    await live(whole);
    const at = whole.calls.findIndex(({ call }) => call === 'oracle:changePassword');
    const opened: boolean[] = [];
    const run: Run = new Run(scenario, new PlannedAdversary([{ call: at, fault: 'die' }]), {
      onProcess: () => {
        const pending = run.promises.onlooker.textUnder('AWSPENDING');
        if (run.processes.length === 2 && pending !== undefined) {
          const { password } = JSON.parse(pending) as { password: string };
          opened.push(...run.world.databases.map((database) => database.opens('app', password)));
        }
        return true;
      },
    });
    await live(run);
    // In the order of the configuration: Oracle was not reached any more, PostgreSQL had been changed before.
    expect(opened).toEqual([false, true]);
    expect(run.calls.filter(({ process }) => process === 1).at(-1)?.fault).toBe('die');
    expect(run.violations).toEqual([]);
  });
});
