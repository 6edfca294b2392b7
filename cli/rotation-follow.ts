import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { asLockstepError } from '../lambda/domain/errors.ts';
import type { Clock } from '../lambda/domain/time-budget.ts';
import { adviceFor } from './failure-advice.ts';
import type { Progress } from './progress.ts';
import { RotationStory, type Happening, type StepFailure } from './rotation-story.ts';
import type { StartedRotation } from './rotation-start.ts';
import { readSecretState, type SecretState } from './secret-state.ts';
import type { TrailReader } from './trail-reader.ts';

const POLL_MS = 700;
/** AWS takes AWSPENDING off by itself after a success, usually. */
const PENDING_CLEANUP_MAX_MS = 10_000;

/** How a rotation ended, as far as it could be seen. `waiting`: nothing has happened for as long as was to be waited. */
export interface FollowedRotation {
  readonly status: 'succeeded' | 'abandoned' | 'waiting';
  readonly failures: readonly StepFailure[];
  readonly durationMs: number;
}

export interface FollowOptions {
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
  readonly rotation: StartedRotation;
  readonly trail: TrailReader;
  readonly progress: Progress;
  readonly clock: Clock;
  /** How long to wait while nothing happens, and for a first failure to heal, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Follows a rotation to its end, telling what happens: from the audit trail, and from the labels of the secret, which
 * alone say whether it has ended. A trail that cannot be read is said and done without.
 */
export async function followRotation(options: FollowOptions): Promise<FollowedRotation> {
  const { client, secretArn, rotation, progress, clock, patienceMs } = options;
  const story = new RotationStory(rotation.versionId);
  const startedMs = clock.now();
  const trail = readingOf(options);
  let newsMs = startedMs;
  let hasFailed = false;
  let currentSinceMs: number | undefined;
  progress.begin('waiting for the first step');
  for (;;) {
    const state = await readSecretState(client, secretArn);
    const entries = await trail();
    const nowMs = clock.now();
    const happenings = entries.flatMap((entry) => story.tell(entry));
    for (const happening of happenings) show(progress, happening);
    // The retries of a rotation that does not heal are no news.
    if (happenings.length > 0 && !hasFailed) newsMs = nowMs;
    hasFailed = story.failures.length > 0;
    if (state.currentId === rotation.versionId) currentSinceMs ??= nowMs;
    const currentForMs = currentSinceMs === undefined ? 0 : nowMs - currentSinceMs;
    const { isFailing } = story;
    const status = statusOf(state, { rotation, currentForMs, isFailing });
    const isOver = status !== 'under-way' || clock.now() - newsMs > patienceMs;
    if (isOver) {
      // What was written between the two reads.
      for (const entry of await trail()) {
        for (const happening of story.tell(entry)) show(progress, happening);
      }
      if (status === 'succeeded') for (const happening of story.end()) show(progress, happening);
      progress.stop();
      const { failures } = story;
      const ended = status === 'under-way' ? 'waiting' : status;
      return { status: ended, failures, durationMs: clock.now() - startedMs };
    }
    await clock.sleep(POLL_MS);
  }
}

export interface Seen {
  readonly rotation: Pick<StartedRotation, 'versionId' | 'rotatedBeforeMs'>;
  /** How long AWSCURRENT has been on the version, in milliseconds. */
  readonly currentForMs: number;
  /** The last step heard of has failed. */
  readonly isFailing: boolean;
}

/**
 * Where a rotation stands by the labels. AWSCURRENT on its version is not yet a success: a failing step moves it where a
 * database takes no other password, and a mirror may then lag behind until the retry.
 */
export function statusOf(
  { currentId, pendingId, keepsPending, rotatedMs }: SecretState,
  { rotation: { versionId, rotatedBeforeMs }, currentForMs, isFailing }: Seen,
): 'succeeded' | 'abandoned' | 'under-way' {
  if (currentId !== versionId) return pendingId === versionId ? 'under-way' : 'abandoned';
  if (!keepsPending || rotatedMs !== rotatedBeforeMs) return 'succeeded';
  return !isFailing && currentForMs > PENDING_CLEANUP_MAX_MS ? 'succeeded' : 'under-way';
}

/** Reads on; says once that the trail cannot be read. */
function readingOf({
  trail,
  progress,
}: FollowOptions): () => Promise<Awaited<ReturnType<TrailReader['next']>>> {
  let isSaid = false;
  return async () => {
    try {
      return await trail.next();
    } catch (error) {
      if (!isSaid) {
        const { name } = asLockstepError(error);
        progress.note(
          `the audit trail cannot be read (${name}); only the labels tell what happens`,
        );
      }
      isSaid = true;
      return [];
    }
  };
}

function show(progress: Progress, happening: Happening): void {
  switch (happening.kind) {
    case 'step-began':
      progress.begin(happening.step);
      return;
    case 'step-ended':
      progress.done(happening.step);
      return;
    case 'seen':
      progress.note(`  ${happening.text}`);
      return;
    case 'step-failed': {
      const { step, subject, error, aftermath } = happening.failure;
      progress.failed(`${step}: ${subject}, ${error}`);
      for (const text of aftermath) progress.note(`  ${text}`);
      progress.note(`  Next: ${adviceFor(error)}`);
      progress.begin('Secrets Manager tries again by itself');
    }
  }
}
