import { AWSPENDING, AWSCURRENT } from '../domain/staging-label.ts';
import type { AccountView } from '../inspection/accounts.ts';
import { reasonOf } from '../inspection/finding.ts';
import { STEP_MAX_MS } from '../inspection/step-limit.ts';
import { versionUnder, type VaultView } from '../inspection/stored-versions.ts';
import type { RotationWorld } from '../rotation/context.ts';
import type { RecoveryObstacle } from './recovery-plan.ts';

/** A vault that cannot be read may hold the one version that a database accepts. */
export function vaultObstacles(vaults: readonly VaultView[]): readonly RecoveryObstacle[] {
  return vaults.flatMap(({ name, error }) =>
    error === undefined ? [] : [{ subject: name, ...reasonOf(error) }],
  );
}

/** A rotation that may be at work: its version is young, or a step of it was heard of and may still run. */
export async function underWayObstacle(
  { secrets, clock, audit }: RotationWorld,
  vaults: readonly VaultView[],
): Promise<readonly RecoveryObstacle[]> {
  const pending = versionUnder(vaults, AWSPENDING);
  if (pending === undefined || pending.labels.includes(AWSCURRENT)) return [];
  const sinceMs = clock.now() - STEP_MAX_MS;
  const isYoung = (pending.createdMs ?? 0) > sinceMs;
  if (!isYoung && !(await audit.heardOf({ versionId: pending.version, sinceMs }))) return [];
  return [
    {
      subject: secrets.name,
      finding: `a rotation to version ${pending.version} was at work within the last 15 minutes`,
      remedy:
        'wait until it has ended; where it cannot, stop it with aws secretsmanager cancel-rotate-secret, wait 15 minutes, and come back',
    },
  ];
}

/** Why a database cannot be opened. */
export function accountObstacle({
  database: subject,
  username,
  refused,
  acceptance,
}: AccountView): RecoveryObstacle {
  if (acceptance.outcome === 'failed') return { subject, ...reasonOf(acceptance.error) };
  const tried = `it refuses ${refused.length} stored password${refused.length === 1 ? '' : 's'} of ${username}`;
  if (acceptance.outcome === 'none') {
    return {
      subject,
      finding: `${tried}, and no other is stored`,
      remedy: `set the password of ${username} on it as an administrator to that of AWSCURRENT`,
    };
  }
  return {
    subject,
    finding: `${tried}; more are stored, and no more may be refused`,
    remedy:
      'allow more with --refused-max, if the account is not locked by it; or set the password as an administrator to that of AWSCURRENT',
  };
}
