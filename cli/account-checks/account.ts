import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { unchecked, type Finding } from '../../lambda/inspection/finding.ts';
import { toCommandError } from '../error-report.ts';
import type { RotationTarget } from '../rotation-target.ts';
import type { Session } from '../session.ts';

/** What the operator reaches of the account that a rotation is deployed in, with the operator's own rights. */
export interface Account {
  readonly session: Session;
  readonly target: RotationTarget;
  readonly lambda: LambdaClient;
  readonly secretsManager: SecretsManagerClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly cloudTrail: CloudTrailClient;
}

/** What a check is called and about, and the right that it needs. */
export interface Look {
  readonly check: string;
  readonly subject: string;
  readonly right: string;
}

/** Makes a check. Where what it looks at cannot be had, the finding says why, and names the right that may be missing. */
export async function look(
  { session: { redactor } }: Pick<Account, 'session'>,
  { check, subject, right }: Look,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    const { message, remedy } = toCommandError(error, redactor);
    return [
      unchecked(check, subject, {
        finding: redactor.clean(message).replace(/\.$/, ''),
        remedy: isRefusal(error) ? `get ${right}; lockstep policy aws prints it` : remedy,
      }),
    ];
  }
}

/** Whether an answer says that there is no such thing, by the names that services have for that. */
export function isMissing(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** The function's own words for a refusal name its role, which is not who is refused here. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /\bAccessDenied/.test(`${error.name} ${error.message}`);
}
