import type { RotationOutcome } from '../aws/rotation-events.ts';
import { AWSPENDING } from '../aws/secret-state.ts';
import { credentialOf } from './credentials.ts';
import { dropLabel } from './people.ts';
import type { Run } from './run.ts';

const MINUTE_MS = 60_000;
const DAY_AND_HOUR_MS = 25 * 60 * MINUTE_MS;
/** How often a person starts a rotation again, doing what the error says, before giving up. */
const ROUNDS_MAX = 6;
/** Errors that faults of the past can leave behind, and that end with time or with the next rotation. */
const EXCUSES = ['LoginBudgetError', 'LockedOutError', 'AccountLockedError', 'NotPendingError'];

/**
 * A run from its beginning to its end: rotations while things go wrong; then, with nothing going wrong any more, whatever
 * it takes to finish; then one rotation more, which shows that nothing bad was left behind. It ends early where the run's
 * listener stops it.
 */
export async function live(run: Run): Promise<void> {
  await Promise.race([liveOn(run), run.stopped]);
}

async function liveOn(run: Run): Promise<void> {
  await run.begin();
  let isFinished = false;
  for (let rotation = 1; rotation <= run.scenario.story.rotations; rotation += 1) {
    const outcome = await run.rotate();
    isFinished = outcome.status === 'succeeded';
    // A second call may be about to mend what it broke.
    await run.twinsEnded();
    if (isFinished) succeeded(run);
    else requireExcuse(run, outcome);
    await run.world.clock.sleep(MINUTE_MS);
  }
  run.calm();
  if (!isFinished) await finish(run);
  await finish(run);
}

async function finish(run: Run): Promise<void> {
  for (let round = 1; ; round += 1) {
    const outcome = await run.rotate();
    if (outcome.status === 'succeeded') {
      succeeded(run);
      run.promises.settled();
      await run.world.clock.sleep(MINUTE_MS);
      return;
    }
    if (round === ROUNDS_MAX || run.violations.length > 0) {
      run.promises.violate('end', `no end after ${round} rounds: ${whatOf(outcome)}`);
      return;
    }
    await doWhatItSays(run, outcome);
  }
}

/** An attempt that nothing befell must not fail, unless it says what only a person can do. */
function requireExcuse(run: Run, outcome: RotationOutcome): void {
  if (outcome.status !== 'failed' || run.isAttemptTroubled || run.promises.isDisturbed) return;
  const { staleReads, mirrorLagMs } = run.scenario.story;
  // What has just been written and cannot be read yet befalls every attempt, and the next one no more.
  if (staleReads !== 'none' || mirrorLagMs > 0) return;
  if (EXCUSES.includes(outcome.errorName)) return;
  run.promises.violate('end', `nothing befell the last attempt: ${whatOf(outcome)}`);
}

/** What a person does for a rotation that the service has given up. */
async function doWhatItSays(run: Run, outcome: RotationOutcome): Promise<void> {
  const { clock } = run.world;
  const name = outcome.status === 'failed' ? outcome.errorName : '';
  switch (name) {
    case 'AccountLockedError':
      // Where somebody else has moved labels, what people read is refused, and it is they who lock the account.
      if (!run.promises.isDisturbed) {
        run.promises.violate('logins', 'the function has locked an account');
      }
      await clock.sleep(DAY_AND_HOUR_MS);
      run.promises.timePassed();
      return;
    case 'OverlapUnresolvedError':
      await clock.sleep(DAY_AND_HOUR_MS);
      run.promises.timePassed();
      return;
    case 'LoginBudgetError':
      // It may be an account that is locked for a day which uses up the budget of another database.
      await clock.sleep(DAY_AND_HOUR_MS);
      run.promises.timePassed();
      setWhereUnknown(run, run.promises.isDisturbed ? 'labelled' : 'stored');
      await run.operate('clear-refusals');
      return;
    case 'LockedOutError':
      setWhereUnknown(run, 'stored');
      return;
    case 'PendingMismatchError':
    case 'MirrorMismatchError':
      if (!run.promises.isDisturbed) {
        run.promises.violate('end', `nobody touched anything, and a person is needed: ${name}`);
      }
      dropLabel(run, AWSPENDING);
      return;
    default:
      await clock.sleep(MINUTE_MS);
  }
}

/**
 * Sets the password that AWSPENDING holds wherever no password of its user logs in that is stored, or that is labelled: a
 * person who has moved labels may have hidden the right one behind more versions than a search may try.
 */
function setWhereUnknown(
  { world, promises, scenario }: Run,
  searched: 'stored' | 'labelled',
): void {
  const { onlooker } = promises;
  const text = onlooker.textUnder(AWSPENDING);
  if (text === undefined) return;
  const { username, password } = credentialOf(text);
  const known = searched === 'stored' ? onlooker.stored : onlooker.labelled;
  const own = known.filter((one) => one.username === username);
  const unknown = world.databases.filter(
    (_, index) => !own.some((credential) => onlooker.opens(index, credential)),
  );
  if (unknown.length === 0) return;
  // The first password of the second user is in no vault.
  const isFirst = world.strategy.kind === 'alternating-users' && !scenario.story.isSettled;
  if (!promises.isDisturbed && !isFirst) {
    promises.violate('end', 'nobody touched anything, and a person has to set a password by hand');
    return;
  }
  for (const database of unknown) database.setPassword(username, password);
  promises.disturbed();
}

/** The fifth promise, and of the sixth that the trail tells of a commit, however the call ended that made it. */
function succeeded(run: Run): void {
  run.successes += 1;
  const { world, promises } = run;
  const { onlooker } = promises;
  const text = onlooker.textUnder('AWSCURRENT');
  if (text !== onlooker.mirrorCurrent) {
    promises.violate('5', "a rotation succeeded, and the mirror's CURRENT is not AWSCURRENT");
  }
  if (!promises.isDisturbed && !run.tellsOf(onlooker.secret.labels.get('AWSCURRENT'))) {
    promises.violate('6', 'a rotation succeeded, and the trail does not tell of its promotion');
  }
  if (text === undefined) return;
  world.databases.forEach(({ name }, index) => {
    if (onlooker.opens(index, credentialOf(text))) return;
    promises.violate('5', `a rotation succeeded, and ${name} refuses AWSCURRENT`);
  });
}

function whatOf(outcome: RotationOutcome): string {
  if (outcome.status === 'failed') return `${outcome.errorName}: ${outcome.errorMessage}`;
  return outcome.status === 'abandoned' ? `abandoned, ${outcome.reason}` : outcome.status;
}
