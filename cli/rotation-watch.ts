import { adviceFor } from './failure-advice.ts';
import type { Operator } from './operator.ts';
import type { Outcome } from './outcome.ts';
import { followRotation, type FollowedRotation } from './rotation-follow.ts';
import { startRotation, type StartedRotation } from './rotation-start.ts';
import type { StepFailure } from './rotation-story.ts';
import type { Session } from './session.ts';
import { TrailReader } from './trail-reader.ts';

export interface WatchOptions {
  readonly isWatched: boolean;
  readonly patienceMs: number;
}

/** Starts a rotation and, if wanted, follows it to its end. */
export async function startAndFollow(
  session: Session,
  { target, secretsManager: client, audit }: Operator,
  { isWatched, patienceMs }: WatchOptions,
): Promise<Outcome> {
  const { progress, world } = session;
  const { secretArn } = target.config;
  const trail = new TrailReader({ store: audit, prefix: target.config.audit.prefix });
  // Where it cannot be read, following says so.
  if (isWatched) await trail.skipToEnd().catch(() => undefined);
  progress.begin('starting a rotation');
  const rotation = await startRotation(client, secretArn);
  const { name } = target;
  if (rotation.wasUnderWay) progress.note(underWayText(rotation));
  if (!isWatched) return started(name, rotation);
  const followed = await followRotation({
    client,
    secretArn,
    rotation,
    trail,
    progress,
    clock: world.clock,
    patienceMs,
  });
  return ended(session, { name, rotation, followed });
}

function underWayText({ versionId, sinceMs }: StartedRotation): string {
  const since = sinceMs === undefined ? '' : ` since ${new Date(sinceMs).toISOString()}`;
  return `version ${versionId} is under way${since}: no new rotation can begin, and Secrets Manager was asked to try that one again`;
}

function started(name: string, rotation: StartedRotation): Outcome {
  const { versionId, wasUnderWay } = rotation;
  return {
    ending: wasUnderWay ? 'failed' : 'fine',
    json: {
      ok: !wasUnderWay,
      rotation: name,
      versionId,
      status: wasUnderWay ? 'under-way' : 'started',
    },
    text: wasUnderWay
      ? `No new rotation of ${name} began.\nNext: lockstep rotate ${name} --watch follows the one that is under way.`
      : `Rotation of ${name} started: version ${versionId}. It goes on by itself; --watch follows one from its start.`,
  };
}

interface Ended {
  readonly name: string;
  readonly rotation: StartedRotation;
  readonly followed: FollowedRotation;
}

function ended({ colours }: Session, { name, rotation, followed }: Ended): Outcome {
  const { status, failures, durationMs } = followed;
  const { versionId, wasUnderWay } = rotation;
  const isGood = status === 'succeeded';
  const seconds = Math.round(durationMs / 100) / 10;
  const json = {
    ok: isGood,
    rotation: name,
    versionId,
    status,
    wasUnderWay,
    seconds,
    failures: failures.map((one) => ({ ...one, next: adviceFor(one.error) })),
  };
  const last = failures.at(-1);
  const text = isGood
    ? `${colours.green('✔')} ${name}: version ${versionId} is AWSCURRENT everywhere, after ${seconds} s${retries(failures)}.`
    : [`${colours.red('✖')} ${name}: ${FINDINGS[status]}`, ...nextSteps(name, status, last)].join(
        '\n',
      );
  return { ending: isGood ? 'fine' : 'failed', json, text };
}

const FINDINGS: Readonly<Record<Exclude<FollowedRotation['status'], 'succeeded'>, string>> = {
  abandoned: 'the rotation was abandoned: its version has lost AWSPENDING and is not AWSCURRENT.',
  waiting: 'the rotation has not ended, and was waited for as long as it was to be.',
};

function retries(failures: readonly StepFailure[]): string {
  if (failures.length === 0) return '';
  return failures.length === 1
    ? ' and one failed attempt'
    : ` and ${failures.length} failed attempts`;
}

function nextSteps(
  name: string,
  status: FollowedRotation['status'],
  last: StepFailure | undefined,
): readonly string[] {
  const reason =
    last === undefined
      ? []
      : [
          `${last.step} failed last: ${last.subject}, ${last.error}. ${sentence(adviceFor(last.error))}`,
        ];
  const next =
    status === 'abandoned'
      ? `Next: lockstep rotate ${name} --watch starts a new one.`
      : `Next: once that is mended, lockstep rotate ${name} --watch makes Secrets Manager try it again at once.`;
  return [...reason, next];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
