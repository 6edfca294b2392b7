import type {
  AccountReport,
  StatusReport,
  UnderWayReport,
  VaultReport,
  Verdict,
  VersionReport,
} from '../lambda/inspection/status-report.ts';
import type { Colours } from './colours.ts';
import { durationText } from './duration-text.ts';

/** So many digits of a fingerprint tell the few credentials of one report apart. */
const SHORT_LENGTH = 8;

/** A report for people. */
export function statusText(report: StatusReport, colours: Colours): string {
  const paragraphs = [
    headText(report, colours),
    ...report.vaults.map((vault) => vaultText(vault, colours)),
    accountsText(report.accounts, colours),
    failuresText(report, colours),
  ];
  return paragraphs.filter((text) => text !== '').join('\n\n');
}

const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  'in-step': 'all is in step',
  'under-way': 'a rotation is under way',
  stuck: 'a rotation is stuck',
  'out-of-step': 'something is out of step',
  unknown: 'not all could be seen',
};

const NEXT: Readonly<Record<Verdict, string | undefined>> = {
  'in-step': undefined,
  'under-way': 'lockstep rotate NAME --watch follows it',
  stuck:
    'lockstep doctor NAME looks for the cause; lockstep rotate NAME begins again what is stuck',
  'out-of-step': 'lockstep doctor NAME looks for the cause; lockstep recover NAME mends it',
  unknown: 'lockstep doctor NAME looks for the cause',
};

function headText(report: StatusReport, colours: Colours): string {
  const { rotation, verdict, reasons, schedule, underWay, at } = report;
  const isGood = verdict === 'in-step';
  const sign = isGood ? colours.green('✔') : colours.yellow('!');
  const age = schedule?.ageMs === undefined ? '' : `, ${durationText(schedule.ageMs)} old`;
  const next = NEXT[verdict]?.replaceAll('NAME', rotation);
  return [
    `${sign} ${colours.bold(rotation)}: ${VERDICT_TEXT[verdict]}${age}`,
    ...reasons.map((reason) => `  - ${reason}`),
    ...(schedule === undefined ? [] : [`  ${scheduleText(schedule)}`]),
    ...(underWay === undefined ? [] : [`  ${underWayText(underWay, at)}`]),
    ...(next === undefined ? [] : [`  Next: ${next}`]),
  ].join('\n');
}

function scheduleText({ isOn, rotatedAt, nextAt }: NonNullable<StatusReport['schedule']>): string {
  const last = rotatedAt === undefined ? 'never rotated' : `last rotated ${rotatedAt}`;
  const next = nextAt === undefined ? 'no next rotation is planned' : `next by ${nextAt}`;
  return isOn ? `${last}, ${next}` : `${last}, rotation is switched off`;
}

function underWayText({ since, hasValue }: UnderWayReport, at: string): string {
  const age = since === undefined ? '' : ` for ${durationText(Date.parse(at) - Date.parse(since))}`;
  return `under way${age}; its version has ${hasValue ? 'a value' : 'no value yet'}`;
}

function vaultText(vault: VaultReport, colours: Colours): string {
  const { name, versions, unreadCount, problem } = vault;
  return [
    colours.bold(name),
    ...(problem === undefined ? [] : [`  ${problem}`]),
    ...versions.map((version) => `  ${versionText(version)}`),
    ...(unreadCount === 0 ? [] : [`  and ${unreadCount} older, which were not read`]),
  ].join('\n');
}

function versionText({ version, labels, username, fingerprint, problem }: VersionReport): string {
  const what = problem ?? `${username ?? ''} ${shortText(fingerprint)}`;
  return `${(labels.join(', ') || 'no label').padEnd(24)}  ${version.padEnd(36)}  ${what}`;
}

function accountsText(accounts: readonly AccountReport[], colours: Colours): string {
  if (accounts.length === 0) return 'No database was asked which password it accepts.';
  const lines = accounts.map((account) => `  ${accountText(account)}`);
  return [colours.bold('databases'), ...lines].join('\n');
}

function accountText(account: AccountReport): string {
  const { database, username, outcome, fingerprint, places, refused, problem } = account;
  const who = `${database} as ${username}:`;
  const also = refused.length === 0 ? '' : `, and refuses ${refused.join(', ')}`;
  switch (outcome) {
    case 'accepted':
      return `${who} accepts ${shortText(fingerprint)}, which is ${places.join(', ')}${also}`;
    case 'none':
      return `${who} refuses every stored password: ${refused.join(', ') || 'none is stored'}`;
    case 'allowance-spent':
      return `${who} refuses ${refused.join(', ')}; more are stored and may not be tried today`;
    case 'not-tried':
      return `${who} not tried, because no login may be refused at present`;
    case 'failed':
      return `${who} ${problem ?? 'no answer'}`;
  }
}

function failuresText({ failures }: StatusReport, colours: Colours): string {
  if (failures.length === 0) return '';
  const lines = failures.map(
    ({ at, step, subject, error }) => `  ${at}  ${step}  ${subject}: ${error ?? 'failed'}`,
  );
  return [colours.bold('last failures'), ...lines].join('\n');
}

function shortText(fingerprint: string | undefined): string {
  return fingerprint === undefined ? '(no fingerprint)' : fingerprint.slice(0, SHORT_LENGTH);
}
