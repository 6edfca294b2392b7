import type { AccountRules, Engine } from '../../ports/database.ts';
import type { Examination } from '../examination.ts';
import { ok, reasonOf, unchecked, wrong, type Finding } from '../finding.ts';

const CHECK = 'account-rules';
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Without a schedule: as for certificates. */
const DAYS_LEFT_MIN = 30;

/** Oracle's own, which take what Lockstep makes: 30 letters, digits and underscores, every kind among them. */
const KNOWN_FUNCTIONS =
  /^(ORA12C_(STRONG_|STIG_)?VERIFY_FUNCTION|VERIFY_FUNCTION(_11G)?|CLOUD_VERIFY_FUNCTION|DEFAULT|FROM ROOT)$/;

const LASTS: Readonly<Record<Engine, string>> = {
  postgres: "ALTER ROLE … VALID UNTIL 'infinity', as an administrator: a rotation does not move it",
  mysql: 'ALTER USER … PASSWORD EXPIRE NEVER, as an administrator, or rotate more often',
  mariadb: 'ALTER USER … PASSWORD EXPIRE NEVER, as an administrator, or rotate more often',
  oracle: 'ALTER PROFILE … LIMIT PASSWORD_LIFE_TIME …, as an administrator, or rotate more often',
};

/** One account, as its rules were found. */
interface Account {
  readonly subject: string;
  readonly engine: Engine;
  readonly username: string;
  readonly rules: AccountRules;
}

/** What a server's rules for the account do to rotations: end a password too soon, lock the account, refuse what is made. */
export function accountRules(examination: Examination): readonly Finding[] {
  return examination.accounts.flatMap(({ database: subject, engine, username }) => {
    const found = examination.sessions.get(`${subject} ${username}`)?.rules;
    if (found === undefined) return [];
    if (found.error !== undefined) return [unchecked(CHECK, subject, reasonOf(found.error))];
    const account = { subject, engine, username, rules: found.value };
    const findings = [
      ...notOpen(account),
      ...endsTooSoon(account, examination),
      ...locksTooSoon(account, examination),
      ...judgesItself(account),
      ...isOneOfSeveral(account),
    ];
    return findings.length > 0 ? findings : [ok(CHECK, subject, factsText(account))];
  });
}

function warning({ subject }: Account, found: string, remedy: string): Finding {
  return wrong('warning', { check: CHECK, subject, found, remedy });
}

function notOpen(account: Account): readonly Finding[] {
  const { status } = account.rules;
  if (status === undefined) return [];
  return [
    warning(
      account,
      `${account.username} is ${status}`,
      'lockstep rotate, which sets its password anew',
    ),
  ];
}

/** Before the next rotation, or within a month where none is planned. */
function endsTooSoon(account: Account, { description, nowMs }: Examination): readonly Finding[] {
  const { passwordEndMs, passwordLifeMs = Infinity } = account.rules;
  const { rotatedMs = nowMs, nextRotationMs } = description.value ?? {};
  const endMs = passwordEndMs ?? rotatedMs + passwordLifeMs;
  const neededMs = nextRotationMs ?? nowMs + DAYS_LEFT_MIN * DAY_MS;
  if (endMs >= Math.max(neededMs, nowMs)) return [];
  const until =
    nextRotationMs === undefined ? '' : `, before the next rotation (${dayText(neededMs)})`;
  return [
    warning(
      account,
      `the password of ${account.username} ends on ${dayText(endMs)}${until}`,
      LASTS[account.engine],
    ),
  ];
}

/** A rotation has to stop trying before the server locks the account. */
function locksTooSoon(account: Account, { refusalsInARowMax }: Examination): readonly Finding[] {
  const { refusedLoginsMax } = account.rules;
  const own = refusalsInARowMax.get(account.subject);
  if (refusedLoginsMax === undefined || own === undefined || own < refusedLoginsMax) return [];
  return [
    warning(
      account,
      `${refusedLoginsMax} refused logins lock ${account.username}, and a rotation stops after ${own}`,
      `set "refusedLoginsPerDayMax" of it in rotations.json to ${Math.max(1, refusedLoginsMax - 1)} or less`,
    ),
  ];
}

function judgesItself(account: Account): readonly Finding[] {
  const { verifyFunction } = account.rules;
  if (verifyFunction === undefined || KNOWN_FUNCTIONS.test(verifyFunction)) return [];
  return [
    warning(
      account,
      `a function that is not Oracle's judges new passwords: ${verifyFunction}`,
      'see that it takes 30 characters of letters, digits and underscores; where it does not, a rotation is given up',
    ),
  ];
}

/** On MySQL and MariaDB the address a login comes from says which account it is; each has a password of its own. */
function isOneOfSeveral(account: Account): readonly Finding[] {
  const { username, rules } = account;
  const { host, otherHosts } = rules;
  if (host === undefined) return [];
  if (otherHosts !== undefined && otherHosts.length > 0) {
    return [
      warning(
        account,
        `a rotation changes ${username}@${host}; there are others, which keep their passwords: ${otherHosts.map((other) => `${username}@${other}`).join(', ')}`,
        `DROP USER those that nobody uses; applications have to log in as ${username}@${host}`,
      ),
    ];
  }
  if (host === '%' || otherHosts !== undefined) return [];
  return [
    warning(
      account,
      `a rotation changes ${username}@${host}; who comes from elsewhere would be another account, which keeps its password`,
      `see as an administrator that there is one account only: SELECT user, host FROM mysql.user WHERE user = '${username}'`,
    ),
  ];
}

function factsText({ username, rules }: Account): string {
  const { passwordEndMs, refusedLoginsMax, reuse, host, verifyFunction } = rules;
  const facts = [
    ...(host === undefined ? [] : [`it is ${username}@${host}`]),
    passwordEndMs === undefined
      ? 'its password has no end'
      : `its password lasts until ${dayText(passwordEndMs)}`,
    ...(refusedLoginsMax === undefined ? [] : [`${refusedLoginsMax} refused logins lock it`]),
    ...(verifyFunction === undefined ? [] : [`${verifyFunction} judges new passwords`]),
    ...(reuse === undefined ? [] : [reuse]),
  ];
  return `nothing in the rules of ${username} is in the way: ${facts.join('; ')}`;
}

function dayText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
