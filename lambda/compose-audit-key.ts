import type { KMSClient } from '@aws-sdk/client-kms';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { AuditKeys } from '../config/audit-config.ts';
import { AuditKeyRing } from './adapters/audit-key-ring.ts';
import { LazyAuditKey } from './adapters/lazy.ts';
import { SsmAuditKey, type SsmKeyCache } from './adapters/ssm-audit-key.ts';
import { ConfigurationError } from './domain/errors.ts';
import type { Redactor } from './domain/redactor.ts';
import type { TimeBudget } from './domain/time-budget.ts';
import type { AuditKey } from './ports/audit-key.ts';

export interface AuditKeyParts {
  readonly ssm: SSMClient;
  /** Made when a key of KMS is first used. */
  readonly kms: () => Promise<KMSClient>;
  readonly cache: SsmKeyCache;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
}

/**
 * The key that signs a trail, with the former ones that verify it.
 *
 * @throws ConfigurationError when no key is named
 */
export function composeAuditKey(keys: AuditKeys, parts: AuditKeyParts): AuditKey {
  const signing = composeOne(keys, parts);
  const former = (keys.formerKeys ?? []).map((key) => composeOne(key, parts));
  return former.length === 0 ? signing : new AuditKeyRing(signing, former);
}

function composeOne(key: Omit<AuditKeys, 'formerKeys'>, parts: AuditKeyParts): AuditKey {
  const { ssm, kms, cache, budget, redactor } = parts;
  const { keyParameter: parameter, keyArn } = key;
  if (parameter !== undefined) {
    return new SsmAuditKey({ client: ssm, parameter, cache, budget, redactor });
  }
  if (keyArn === undefined) {
    throw new ConfigurationError('the audit trail has no key', {
      remedy: 'name its keyParameter or its keyArn',
    });
  }
  return new LazyAuditKey(async () => {
    const [client, { KmsAuditKey }] = await Promise.all([
      kms(),
      import('./adapters/kms-audit-key.ts'),
    ]);
    return new KmsAuditKey({ client, keyArn, budget, redactor });
  });
}
