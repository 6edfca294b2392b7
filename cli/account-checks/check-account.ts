import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import type { Finding } from '../../lambda/inspection/finding.ts';
import { look, type Account } from './account.ts';
import { auditBucket } from './audit-bucket.ts';
import { auditChain } from './audit-chain.ts';
import { encryptionKeys } from './encryption-keys.ts';
import { functionPolicy } from './function-policy.ts';
import { rotationEvents } from './rotation-events.ts';
import { ownedByNobodyElse, rotatedByItsFunction, rotatedInTime } from './secret.ts';

/**
 * The checks that need AWS's APIs alone, with the operator's own rights: what the inspector's role may not see, and has no
 * need of its place in the network for. Changes nothing and never throws; each check says what right it lacks.
 */
export async function checkAccount(account: Account): Promise<readonly Finding[]> {
  const [secret, ...findings] = await Promise.all([
    checkSecret(account),
    functionPolicy(account),
    rotationEvents(account),
    auditBucket(account),
    auditChain(account),
  ]);
  const keys = await encryptionKeys(account, secret.description);
  return [secret.findings, ...findings, keys].flat();
}

interface SecretChecked {
  readonly findings: readonly Finding[];
  readonly description: DescribeSecretResponse | undefined;
}

async function checkSecret(account: Account): Promise<SecretChecked> {
  const { secretsManager, target, session } = account;
  const nowMs = session.world.clock.now();
  const right = 'secretsmanager:DescribeSecret on it';
  let description: DescribeSecretResponse | undefined;
  const about = { check: 'rotation-function', subject: 'secrets-manager', right };
  const findings = await look(account, about, async () => {
    const command = new DescribeSecretCommand({ SecretId: target.config.secretArn });
    const found = await secretsManager.send(command);
    description = found;
    return [
      rotatedByItsFunction(found, target),
      ownedByNobodyElse(found),
      rotatedInTime(found, nowMs),
    ];
  });
  if (description !== undefined) return { findings, description };
  return { findings: findings.flatMap(forAllOfSecret), description };
}

/** One answer that did not come leaves all of them unmade. */
function forAllOfSecret(finding: Finding): readonly Finding[] {
  return ['rotation-function', 'secret-owner', 'rotation-schedule', 'encryption-key'].map(
    (check) => ({ ...finding, check }),
  );
}
