import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { S3AuditStore } from '../../lambda/adapters/s3-audit-store.ts';
import { newSsmKeyCache, SsmAuditKey } from '../../lambda/adapters/ssm-audit-key.ts';
import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { createSdkClients } from '../oci/sdk-clients.ts';
import type { Clouds } from './clouds.ts';
import { ROTATION } from './rotation-entry.ts';
import { AUDIT_BUCKET, AUDIT_PARAMETER } from './vaults.ts';

const AUDIT_PREFIX = `lockstep/${ROTATION}/`;
const VERIFICATION_MS = 60_000;

/** What applications in AWS read: the secret string under AWSCURRENT, by the real SDK. */
export async function readAws(
  { vaults }: Clouds,
  secretArn: string = vaults.secretArn,
): Promise<string> {
  const { SecretString: text } = await vaults.clients.secretsManager.send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  );
  return text ?? '';
}

/** What applications in OCI read: the secret's CURRENT version, by the real SDK. */
export async function readOci(
  { vaults }: Clouds,
  secretOcid: string = vaults.secretOcid,
): Promise<string> {
  const clients = createSdkClients(vaults.oci.url, vaults.apiKey);
  try {
    const { secretBundle } = await clients.secrets.getSecretBundle({ secretId: secretOcid });
    const content = secretBundle.secretBundleContent as { content?: string } | undefined;
    return Buffer.from(content?.content ?? '', 'base64').toString('utf8');
  } finally {
    clients.close();
  }
}

export function passwordIn(text: string): string {
  return (JSON.parse(text) as { password: string }).password;
}

export function usernameIn(text: string): string {
  return (JSON.parse(text) as { username: string }).username;
}

/** Verifies the whole audit trail; the versions that were promoted must have their entries. */
export async function verifyAudit(
  { vaults }: Clouds,
  promotedVersionIds: readonly string[],
): Promise<ChainReport> {
  const { s3, ssm } = vaults.clients;
  const redactor = new Redactor();
  const budget = new TimeBudget(() => VERIFICATION_MS);
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  return await verifyTrail({
    store: new S3AuditStore({ client: s3, bucket: AUDIT_BUCKET, budget, clock, redactor }),
    key: new SsmAuditKey({
      client: ssm,
      parameter: AUDIT_PARAMETER,
      cache: newSsmKeyCache(),
      budget,
      redactor,
    }),
    prefix: AUDIT_PREFIX,
    rotation: ROTATION,
    promotedVersionIds,
    promotedBy: 'secrets-manager',
  });
}
