import { credentialOf } from './credentials.ts';
import type { Process } from './process.ts';
import type { Run } from './run.ts';

/** Whether an error that a process ends with keeps the sixth promise: it is one of ours, is metered and tells the truth. */
export function judgeError(run: Run, process: Process, error: unknown): void {
  process.leaks.hear('error', error);
  const objection = process.objectionTo(error) ?? lieOf(run, error);
  if (objection !== undefined) run.promises.violate('6', objection);
}

/** Whether a process that ends well may do so. */
export function judgeSuccess({ promises }: Run, { leftMirrorBehind }: Process): void {
  if (!leftMirrorBehind) return;
  promises.violate('5', 'a step left the mirror behind AWSCURRENT and ended well');
}

/** Whether a process that has ended said no password, and kept every account from being locked. */
export function judgeSilence({ promises, world, users }: Run, { leaks }: Process): void {
  const leak = leaks.firstWith(promises.onlooker.stored.map(({ password }) => password));
  if (leak !== undefined) promises.violate('7', `a password stands in: ${leak}`);
  // Where somebody else has moved labels, what people read is refused, and it is they who lock the account.
  if (promises.isDisturbed) return;
  for (const database of world.databases) {
    if (!users.some((username) => database.isLocked(username))) continue;
    promises.violate('logins', `${database.name} has locked an account`);
  }
}

/** What an error says of what was undone, where that is not so. With two processes at once it may be so no more. */
function lieOf(
  { promises: { onlooker }, world, hasTwins }: Run,
  error: unknown,
): string | undefined {
  const { aftermath = '' } = error as { aftermath?: string };
  const names = /^(?<names>[\w, ]+) taken back to AWSCURRENT/.exec(aftermath)?.groups?.['names'];
  const text = onlooker.textUnder('AWSCURRENT');
  if (names === undefined || text === undefined || hasTwins) return undefined;
  const lie = world.databases.find(
    ({ name }, index) =>
      names.split(', ').includes(name) && !onlooker.opens(index, credentialOf(text)),
  );
  return lie && `the error says that ${lie.name} was taken back, and it refuses AWSCURRENT`;
}
