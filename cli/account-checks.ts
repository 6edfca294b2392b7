import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ok, unchecked, wrong, type Finding } from '../lambda/inspection/finding.ts';
import type { RotationTarget } from './rotation-target.ts';

/** The checks that need AWS's APIs alone, with the operator's own rights. Needs secretsmanager:DescribeSecret. */
export async function checkAccount(
  client: SecretsManagerClient,
  target: RotationTarget,
): Promise<readonly Finding[]> {
  const { secretArn } = target.config;
  try {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: secretArn }));
    return [rotatedByItsFunction(secret, target), ownedByNobodyElse(secret)];
  } catch (error) {
    const name = error instanceof Error ? error.name : 'no answer';
    const reason = {
      finding: `the secret could not be described (${name})`,
      remedy: 'get secretsmanager:DescribeSecret on it',
    };
    return [
      unchecked('rotation-function', 'secrets-manager', reason),
      unchecked('secret-owner', 'secrets-manager', reason),
    ];
  }
}

/** A secret has one rotation function. Another one knows nothing of the other database and the mirror. */
export function rotatedByItsFunction(
  { RotationLambdaARN: arn }: DescribeSecretResponse,
  { functionArn, functionName }: Pick<RotationTarget, 'functionArn' | 'functionName'>,
): Finding {
  const [check, subject] = ['rotation-function', 'secrets-manager'];
  if (arn === functionArn) return ok(check, subject, `${functionName} rotates the secret`);
  return wrong('failure', {
    check,
    subject,
    found:
      arn === undefined
        ? 'no function rotates the secret'
        : `another function rotates the secret: ${arn}`,
    remedy: `deploy the rotation again, or aws secretsmanager rotate-secret --rotation-lambda-arn ${functionArn}`,
  });
}

/** A service that owns a secret (Amazon RDS, for one) rotates it by itself; so does one of a managed type. */
export function ownedByNobodyElse({
  OwningService: owner,
  Type: type,
}: DescribeSecretResponse): Finding {
  const [check, subject] = ['secret-owner', 'secrets-manager'];
  const who = owner ?? type;
  if (who === undefined) return ok(check, subject, 'no other service manages the secret');
  return wrong('failure', {
    check,
    subject,
    found: `${who} manages the secret`,
    remedy: 'make a secret of its own for this rotation, and name it in rotations.json',
  });
}
