import type { Examination } from '../examination.ts';
import { ok, wrong, type Finding } from '../finding.ts';

const CHECK = 'password-characters';
/** Oracle up to 21c (databases.md 3.2). */
const ORACLE_BYTES_MAX = 30;

/** What a person once chose may be what connection strings and Oracle do not take. Lockstep's own passwords are safe. */
export function passwordCharacters({ current, accounts }: Examination): readonly Finding[] {
  const subject = 'secrets-manager';
  const password = current?.document?.credential.password.reveal();
  if (password === undefined) return [];
  const isForOracle = accounts.some(({ engine }) => engine === 'oracle');
  const faults = [
    ...(/^[\x21-\x7e]+$/.test(password) ? [] : ['blanks or characters beyond ASCII']),
    ...(/[/@:"'\\?#%]/.test(password) ? ['one of / @ : " \' \\ ? # %'] : []),
    ...(isForOracle && new TextEncoder().encode(password).length > ORACLE_BYTES_MAX
      ? [`more than ${ORACLE_BYTES_MAX} bytes, which Oracle before 23ai does not take`]
      : []),
  ];
  if (faults.length === 0) return [ok(CHECK, subject, 'AWSCURRENT is safe in connection strings')];
  return [
    wrong('warning', {
      check: CHECK,
      subject,
      found: `the password of AWSCURRENT has ${faults.join(', and ')}`,
      remedy: 'lockstep rotate, which makes one of letters, digits and underscores',
    }),
  ];
}
