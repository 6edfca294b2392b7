import type { AccountView } from '../accounts.ts';
import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';
import { placeText } from '../stored-versions.ts';

const CHECK = 'database-login';
/** Under this a refusal or failure speaks of the account, over it of the network. */
const SLOW_MS = 5_000;

/** Whether each database lets AWSCURRENT's user in; locked, expired, unreachable and TLS are told apart by the error. */
export function databaseLogin(examination: Examination): readonly Finding[] {
  const { accounts, current } = examination;
  const username = current?.document?.credential.username;
  return accounts
    .filter((account) => account.username === username)
    .map((account) => findingOf(account, examination));
}

function findingOf(account: AccountView, { pending }: Examination): Finding {
  const { database: subject, acceptance, refused, durationMs } = account;
  switch (acceptance.outcome) {
    case 'accepted': {
      const [first] = acceptance.accepted.places;
      const place = first === undefined ? '' : placeText(first);
      if (refused.length === 0) return ok(CHECK, subject, `it accepts ${place}`);
      return wrong(pending === undefined ? 'failure' : 'warning', {
        check: CHECK,
        subject,
        found: `it refuses AWSCURRENT and accepts ${place}`,
        remedy:
          pending === undefined
            ? 'lockstep recover, which brings the secret and the databases in step'
            : 'let the rotation that is under way end; see stuck-rotation',
      });
    }
    case 'none':
    case 'allowance-spent':
      return wrong('failure', {
        check: CHECK,
        subject,
        found: `it refuses every stored password that was tried (${refused.length})`,
        remedy:
          'lockstep recover looks through all versions; else set the password of AWSCURRENT on the database as an administrator',
      });
    case 'not-tried':
      return unchecked(CHECK, subject, {
        finding: 'no login may be refused at present: the rotation needs what is left for the day',
        remedy: 'wait until a day after the refusals, or see with lockstep status what was refused',
      });
    case 'failed': {
      const { finding, remedy } = reasonOf(acceptance.error);
      const slow = durationMs > SLOW_MS ? ` (after ${durationMs} ms: look at the network)` : '';
      const found = `${finding}${slow}`;
      return wrong('failure', { check: CHECK, subject, found, remedy });
    }
  }
}
