import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { FunctionConfig } from '../config/function-config.ts';
import { makeS3Client, makeSsmClient } from './adapters/audit-clients.ts';
import { ChainedAuditTrail, type AuditTip } from './adapters/audit-trail.ts';
import { once } from './adapters/lazy.ts';
import { S3AuditStore } from './adapters/s3-audit-store.ts';
import { newSsmKeyCache, type SsmKeyCache } from './adapters/ssm-audit-key.ts';
import { composeAuditKey } from './compose-audit-key.ts';
import type { Environment, Invocation } from './compose.ts';
import type { Redactor } from './domain/redactor.ts';
import type { Clock, TimeBudget } from './domain/time-budget.ts';
import type { AuditTrail } from './ports/audit-trail.ts';

/** What of the audit trail lives as long as the function's container. */
export interface AuditResources {
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  /** Loads its SDK with the first call: most trails have their key in Systems Manager. */
  readonly kms: () => Promise<KMSClient>;
  readonly tip: AuditTip;
  readonly keyCache: SsmKeyCache;
}

/** @throws ConfigurationError when an endpoint in the environment is not safe */
export function makeAuditResources(environment: Environment): AuditResources {
  return {
    s3: makeS3Client(environment),
    ssm: makeSsmClient(environment),
    kms: once(async () => (await import('./adapters/kms-client.ts')).makeKmsClient(environment)),
    tip: { link: undefined },
    keyCache: newSsmKeyCache(),
  };
}

/** Puts S3, and Systems Manager or KMS, behind the audit trail's port. */
export function composeAudit(
  { s3, ssm, kms, tip, keyCache: cache }: AuditResources,
  parts: {
    readonly config: FunctionConfig;
    readonly invocation: Pick<Invocation, 'request' | 'requestId' | 'functionVersion'>;
    readonly budget: TimeBudget;
    readonly redactor: Redactor;
    readonly clock: Clock;
  },
): AuditTrail {
  const { config, invocation, budget, redactor, clock } = parts;
  const { bucket, prefix } = config.audit;
  const { requestId, functionVersion } = invocation;
  const { step, versionId } = invocation.request;
  return new ChainedAuditTrail({
    store: new S3AuditStore({ client: s3, bucket, budget, clock, redactor }),
    key: composeAuditKey(config.audit, { ssm, kms, cache, budget, redactor }),
    tip,
    clock,
    prefix,
    context: {
      rotation: config.name,
      secretArn: config.secretArn,
      versionId,
      step,
      requestId,
      functionVersion,
    },
  });
}
