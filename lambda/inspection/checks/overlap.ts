import type { Engine } from '../../ports/database.ts';
import type { Examination } from '../examination.ts';
import { ok, wrong, type Finding } from '../finding.ts';

const CHECK = 'overlap';
const HOUR_MS = 3_600_000;
/** A stuck rotation is to be mended within the window, over a weekend too. */
const SHORT_MS = 24 * HOUR_MS;

const MEANS: Readonly<Record<Engine, string>> = {
  postgres: 'let two users alternate ("strategy": "alternating-users")',
  mysql: 'GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO the user, itself or to a default role of it',
  mariadb: 'name a superuser with CREATE USER as "superuserSecretArn" in rotations.json',
  oracle:
    'CREATE PROFILE … LIMIT PASSWORD_ROLLOVER_TIME 1 (Oracle 19.12 or later) and give it to the user',
};

/** How long the old password stays valid after a change: without that, applications are refused until they read again. */
export function overlap({ strategy, accounts, sessions }: Examination): readonly Finding[] {
  if (strategy.kind === 'alternating-users') {
    return [ok(CHECK, 'strategy', 'users alternate, so that AWSCURRENT stays valid')];
  }
  return accounts.flatMap(({ database: subject, engine, username }) => {
    const rehearsal = sessions.get(`${subject} ${username}`)?.rehearsal.value;
    if (rehearsal === undefined) return [];
    const { keptForMs } = rehearsal;
    if (keptForMs >= SHORT_MS)
      return [ok(CHECK, subject, `the old password ${keptText(keptForMs)}`)];
    return [
      wrong('warning', {
        check: CHECK,
        subject,
        found: `the old password ${keptText(keptForMs)}`,
        remedy: MEANS[engine],
      }),
    ];
  });
}

function keptText(keptForMs: number): string {
  if (keptForMs === 0) return 'ends with a change, before applications have read the new one';
  if (keptForMs === Infinity) return 'stays valid until the change after the next';
  return `stays valid for ${Math.round(keptForMs / HOUR_MS)} hours after a change`;
}
