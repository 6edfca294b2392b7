import type { Options } from './options.ts';
import { STORY_NAMES, type StoryName } from './story.ts';
import type { Task } from './task.ts';
import { WORLD_NAMES, WORLDS, type WorldName } from './worlds.ts';

/** So many parts keep all threads busy to the end. */
const PARTS = 4;
const QUICK_SHARE = 0.02;
const RUNS_A_TASK = 250;

/** A kind of runs, and all that is to be done of it. */
export interface Phase {
  readonly says: string;
  readonly tasks: readonly Task[];
}

/** All the work of a simulation, in order. */
export function phasesOf({
  isQuick,
  isRandomOnly,
  runs,
  seed,
  world: only,
  story: onlyStory,
}: Options): readonly Phase[] {
  const worlds = only === undefined ? WORLD_NAMES : [only];
  const stories = onlyStory === undefined ? STORY_NAMES : [onlyStory];
  const places = worlds.flatMap((world) => stories.map((story) => ({ world, story })));
  const share = isQuick ? QUICK_SHARE : 1;
  const parts = isQuick ? 1 : PARTS;
  const pairPlaces = places.filter((place) => place.story === onlyStory || isOwnPlace(place));
  const pairs = pairPlaces.flatMap((place) =>
    Array.from(
      { length: parts },
      (_, part) => ({ ...place, kind: 'pairs', part, parts, share, seed }) as const,
    ),
  );
  const random = Array.from({ length: Math.ceil(runs / RUNS_A_TASK) }, (_, index) => {
    const from = index * RUNS_A_TASK;
    const count = Math.min(RUNS_A_TASK, runs - from);
    return { kind: 'random', seed: seed + from, runs: count, world: only } as const;
  });
  const enumerations: readonly Phase[] = [
    { says: 'every single fault', tasks: places.map((place) => ({ ...place, kind: 'singles' })) },
    { says: isQuick ? 'a fiftieth of the pairs of faults' : 'every pair of faults', tasks: pairs },
  ];
  const randomRuns = { says: `random runs from seed ${seed}`, tasks: random };
  return isRandomOnly ? [randomRuns] : [...enumerations, randomRuns];
}

/** How long ago the last rotation was makes a difference only to who still accepts an older password by then. */
function isOwnPlace({ world, story }: { world: WorldName; story: StoryName }): boolean {
  return story !== 'soon' || WORLDS[world].hasRollover;
}
