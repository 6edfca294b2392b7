import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parsePlan, type Plan } from './plan.ts';
import { SeededRandom } from './random.ts';
import { STORY_NAMES, type StoryName } from './story.ts';
import { isWorldName, WORLD_NAMES, type WorldName } from './worlds.ts';

export const USAGE = `npm run simulation -- [options]

Runs the steps of a rotation on in-memory stand-ins while everything goes wrong that can: every single fault at every
call, every pair of faults, then random runs with whole outages, people who move labels and calls that come twice. After
every call it looks whether a promise is broken. In half of the random runs, and wherever Oracle keeps an old password, calls come
one at a time, as Lambda lets them where one execution is reserved; in the others a duplicate races the first.

  --random        the random runs alone
  --quick         every single fault, a share of the pairs, random runs
  --runs <n>      so many random runs                                          [1000]
  --seed <n>      play the one random run that this seed stands for; with --runs, the first of so many
  --world <name>  only this world: ${WORLD_NAMES.join(', ')}
  --plan <plan>   play this plan and nothing else, in --world and --story
  --story <name>  only this story: ${STORY_NAMES.join(', ')}                 [all; with --plan: later]
  --threads <n>   so many worker threads                                       [as many as there are cores]
  --verbose       show the calls around what broke a promise
  --json          print one JSON object on standard output; everything else goes to standard error
  --help          this text

Exit status: 0 every promise holds, 1 one does not, 2 wrong arguments.
`;

const RUNS = 1_000;
const SEED_MAX = 0xffff_ffff;

export interface Options {
  readonly isQuick: boolean;
  readonly isRandomOnly: boolean;
  readonly runs: number;
  readonly seed: number;
  /** Whether the run of the seed is all there is to do. */
  readonly isReplay: boolean;
  readonly world: WorldName | undefined;
  readonly plan: Plan | undefined;
  readonly story: StoryName | undefined;
  readonly threads: number;
  readonly isVerbose: boolean;
  readonly isJson: boolean;
  readonly wantsHelp: boolean;
}

/** @throws RangeError or TypeError that says what was expected */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      random: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      seed: { type: 'string' },
      world: { type: 'string' },
      plan: { type: 'string' },
      story: { type: 'string' },
      threads: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const { world, plan, quick: isQuick } = values;
  if (world !== undefined && !isWorldName(world)) {
    throw new RangeError(`expected one of ${WORLD_NAMES.join(', ')}, not "${world}"`);
  }
  if (plan !== undefined && world === undefined) throw new RangeError('--plan needs --world');
  return {
    isQuick,
    isRandomOnly: values.random,
    runs: numberOf(values.runs, '--runs') ?? RUNS,
    seed: numberOf(values.seed, '--seed') ?? drawSeed(),
    isReplay: values.seed !== undefined && values.runs === undefined,
    world,
    plan: plan === undefined ? undefined : parsePlan(plan),
    story: storyOf(values.story),
    threads: numberOf(values.threads, '--threads') ?? availableParallelism(),
    isVerbose: values.verbose,
    isJson: values.json,
    wantsHelp: values.help,
  };
}

function numberOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text) && Number(text) <= SEED_MAX) return Number(text);
  throw new RangeError(`${name} expects a whole number up to ${SEED_MAX}, not "${text}"`);
}

function storyOf(text: string | undefined): StoryName | undefined {
  if (text === undefined) return undefined;
  const story = STORY_NAMES.find((name) => name === text);
  if (story !== undefined) return story;
  throw new RangeError(`expected one of ${STORY_NAMES.join(', ')}, not "${text}"`);
}

/** Few digits, so that it is easily typed. */
function drawSeed(): number {
  return new SeededRandom(Date.now()).integerBelow(1_000_000);
}
