import type { AccountView } from './accounts.ts';
import type { StatusReport, Verdict } from './status-report.ts';
import { placeText } from './stored-versions.ts';
import type { Survey } from './survey.ts';

/** Judges what was found: whether all is in step, and if not, why, a sentence each. */
export function judge(
  survey: Survey,
  { isStuck }: { readonly isStuck: boolean },
): Pick<StatusReport, 'verdict' | 'reasons'> {
  const unseen = whatWasNotSeen(survey);
  const { accounts } = survey;
  const differences = [
    ...vaultDifferences(survey),
    ...accounts.flatMap((account) => accountDifference(account, isActive(account, accounts))),
  ];
  const underWay = rotationSentence(survey, isStuck);
  return {
    verdict: verdictOf({ survey, isStuck, hasDifference: differences.length > 0, unseen }),
    reasons: [...underWay, ...differences, ...unseen],
  };
}

function verdictOf(found: {
  readonly survey: Survey;
  readonly isStuck: boolean;
  readonly hasDifference: boolean;
  readonly unseen: readonly string[];
}): Verdict {
  if (found.survey.pending !== undefined) return found.isStuck ? 'stuck' : 'under-way';
  if (found.hasDifference) return 'out-of-step';
  return found.unseen.length > 0 ? 'unknown' : 'in-step';
}

function rotationSentence({ pending }: Survey, isStuck: boolean): readonly string[] {
  if (pending === undefined) return [];
  const { version } = pending;
  return [
    isStuck
      ? `the rotation to version ${version} has not ended, and nothing has been heard of it for more than 15 minutes`
      : `a rotation to version ${version} is under way`,
  ];
}

/** Of each database the first account is that of AWSCURRENT's user. */
function isActive(account: AccountView, accounts: readonly AccountView[]): boolean {
  return accounts.find(({ database }) => database === account.database) === account;
}

/** A mirror has to hold what AWSCURRENT holds, byte for byte. */
function vaultDifferences({ current, vaults }: Survey): readonly string[] {
  const [leader, ...mirrors] = vaults;
  if (leader?.error !== undefined) return [];
  if (current === undefined) return ['no version carries AWSCURRENT'];
  if (current.document === undefined)
    return [`AWSCURRENT cannot be used: ${current.problem ?? ''}`];
  const { document } = current;
  return mirrors.flatMap(({ name, versions, error }) => {
    if (error !== undefined) return [];
    const held = versions.find(({ labels }) => labels.includes('CURRENT'));
    if (held?.holds(document) === true) return [];
    return [`${name} holds something else than AWSCURRENT as its CURRENT version`];
  });
}

/** AWSCURRENT's own user has to get in with AWSCURRENT; of the other one of two, some stored password must do. */
function accountDifference(
  { database, username, acceptance, refused }: AccountView,
  isActiveUser: boolean,
): readonly string[] {
  const first = refused[0]?.places[0];
  switch (acceptance.outcome) {
    case 'accepted': {
      const [place] = acceptance.accepted.places;
      if (!isActiveUser || first === undefined || place === undefined) return [];
      return [`${database} refuses ${placeText(first)} and accepts ${placeText(place)}`];
    }
    case 'none':
      return [
        isActiveUser
          ? `${database} refuses every stored password of ${username}`
          : `${database} refuses every stored password of ${username}, whose turn is next: a superuser has to set it`,
      ];
    case 'allowance-spent':
      return [`${database} refuses ${first === undefined ? 'AWSCURRENT' : placeText(first)}`];
    case 'not-tried':
    case 'failed':
      return [];
  }
}

function whatWasNotSeen(survey: Survey): readonly string[] {
  const { vaults, description, trail, accounts } = survey;
  return [
    ...(description.error === undefined ? [] : [description.error.message]),
    ...vaults.flatMap(({ error }) => (error === undefined ? [] : [error.message])),
    ...(trail.error === undefined ? [] : [trail.error.message]),
    ...accounts.flatMap(unseenAccount),
  ];
}

function unseenAccount({ database, username, acceptance }: AccountView): readonly string[] {
  switch (acceptance.outcome) {
    case 'failed':
      return [acceptance.error.message];
    case 'not-tried':
      return [`${database}: no login as ${username} was tried, none may be refused at present`];
    case 'allowance-spent':
      return [`${database}: more passwords are stored, and no more refused logins may be risked`];
    case 'accepted':
    case 'none':
      return [];
  }
}
