import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { FunctionConfig } from '../config/function-config.ts';
import { makeS3Client, makeSsmClient } from './adapters/audit-clients.ts';
import type { TrailPlace } from './adapters/audit-tip.ts';
import { ChainedAuditTrail, type AuditTip } from './adapters/audit-trail.ts';
import { once } from './adapters/lazy.ts';
import { S3AuditStore } from './adapters/s3-audit-store.ts';
import { newSsmKeyCache, type SsmKeyCache } from './adapters/ssm-audit-key.ts';
import { composeAuditKey } from './compose-audit-key.ts';
import type { Environment, Visit } from './compose.ts';
import type { Redactor } from './domain/redactor.ts';
import type { Clock, TimeBudget } from './domain/time-budget.ts';
import type { AuditObject } from './ports/audit-store.ts';
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

interface AuditParts {
  readonly config: FunctionConfig;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
  readonly clock: Clock;
}

/** Puts S3, and Systems Manager or KMS, behind the audit trail's port. */
export function composeAudit(
  resources: AuditResources,
  parts: AuditParts & {
    readonly visit: Pick<Visit, 'entry' | 'requestId' | 'functionVersion'>;
    readonly onKept?: (object: AuditObject) => void;
  },
): AuditTrail {
  const { config, visit, clock, onKept } = parts;
  const { requestId, functionVersion, entry } = visit;
  return new ChainedAuditTrail({
    ...composeTrailPlace(resources, parts),
    tip: resources.tip,
    clock,
    onKept,
    context: {
      rotation: config.name,
      secretArn: config.secretArn,
      versionId: entry.versionId,
      step: entry.step,
      requestId,
      functionVersion,
    },
  });
}

/** Where the audit trail is kept and what signs it. */
export function composeTrailPlace(
  { s3, ssm, kms, keyCache: cache }: AuditResources,
  { config, budget, redactor, clock }: AuditParts,
): TrailPlace {
  const { bucket, prefix } = config.audit;
  return {
    store: new S3AuditStore({ client: s3, bucket, budget, clock, redactor }),
    key: composeAuditKey(config.audit, { ssm, kms, cache, budget, redactor }),
    prefix,
  };
}
