import { staleForMs, staleForReads } from '../aws/secret-store.ts';
import { ACTIVE_VERSIONS_MAX } from '../oci/secret-versions.ts';
import type { WorldOptions } from '../memory/world-options.ts';

const HOUR_MS = 60 * 60 * 1_000;

/** The circumstances of a run, in which nothing fails yet. */
export interface Story {
  /** Whether a rotation lies behind. If not, AWSPREVIOUS is on no version. */
  readonly isSettled: boolean;
  /** How long ago that was. Less than a day leaves Oracle's rollover open. */
  readonly pauseMs: number;
  /** How many rotations are begun while things go wrong. */
  readonly rotations: number;
  /** What Secrets Manager's reads miss of a write. */
  readonly staleReads: 'none' | 'next-two' | 'for-a-second';
  /** How far OCI's secret retrieval lags behind. */
  readonly mirrorLagMs: number;
  /** How many versions the mirror's secret holds at first. */
  readonly mirrorVersions: number;
  readonly keepsPendingLabel: boolean;
  readonly hasSuperuser: boolean | undefined;
  /** `plain`: one call for what is one thing to a step. `chained`: with chain, signatures and objects, as in AWS. */
  readonly trail: 'plain' | 'chained';
  /** How often the service repeats a rotation. */
  readonly retries: number;
  /** Whether Lambda refuses a call while another one runs; if not, a duplicate races the first. */
  readonly oneAtATime: boolean;
}

export const PLAIN_STORY: Story = {
  isSettled: true,
  pauseMs: 30 * HOUR_MS,
  rotations: 1,
  staleReads: 'none',
  mirrorLagMs: 0,
  mirrorVersions: 2,
  keepsPendingLabel: false,
  hasSuperuser: undefined,
  trail: 'plain',
  // As many as it takes: in which attempt something happens then makes no difference.
  retries: 40,
  oneAtATime: true,
};

/** The stories in which every fault and every pair of faults is tried. */
export const STORIES = {
  /** The first rotation of all, for which alternating users need a superuser. */
  first: { ...PLAIN_STORY, isSettled: false, mirrorVersions: 1, hasSuperuser: true },
  /** Within a day after another one: Oracle's rollover is still open. */
  soon: { ...PLAIN_STORY, pauseMs: HOUR_MS },
  later: PLAIN_STORY,
} as const satisfies Readonly<Record<string, Story>>;

export type StoryName = keyof typeof STORIES;
export const STORY_NAMES = Object.keys(STORIES) as StoryName[];

export const MIRROR_VERSIONS_MAX = ACTIVE_VERSIONS_MAX;

/** UPDATING for less than the pause between two looks, so that one look more is all it takes. */
const UPDATING_MS = 400;

export function worldOptionsOf(story: Story): WorldOptions {
  const { staleReads, mirrorLagMs, keepsPendingLabel, retries, hasSuperuser } = story;
  const stale = {
    none: undefined,
    'next-two': staleForReads(2),
    'for-a-second': staleForMs(1_000),
  };
  const read = stale[staleReads];
  return {
    retries,
    keepsPendingLabel,
    mirrorLagMs,
    updatingMs: UPDATING_MS,
    ...(read && { staleReads: read }),
    ...(hasSuperuser !== undefined && { hasSuperuser }),
  };
}
