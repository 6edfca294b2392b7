import type { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { requireSafeAwsEndpoints } from '../../lambda/adapters/aws-endpoints.ts';
import { once } from '../../lambda/adapters/lazy.ts';
import { S3AuditStore } from '../../lambda/adapters/s3-audit-store.ts';
import { newSsmKeyCache } from '../../lambda/adapters/ssm-audit-key.ts';
import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import type { Entry } from '../../lambda/audit/entry.ts';
import { composeAuditKey } from '../../lambda/compose-audit-key.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import {
  makeLambdaClient,
  makeOperatorSecretsManagerClient,
  sdkSettings,
  type AwsPlace,
} from '../aws-clients.ts';
import { readTarget, type RotationTarget } from '../rotation-target.ts';
import type { Session } from '../session.ts';
import { readPromotedVersions } from './promoted-versions.ts';

/** The vault whose promotion is the commit, by its name in the trail. */
export const LEADING_VAULT = 'secrets-manager';
/** Each call has its own deadline; all of them together have none that a person would not set by hand. */
const CALL_MS = 60_000;

/** A whole trail, verified with its keys and against what Secrets Manager says. */
export interface ReadTrail {
  readonly target: RotationTarget;
  readonly report: ChainReport;
  /** Those that are authentic and in their place, oldest first. */
  readonly entries: readonly Entry[];
  /** The versions whose promotion the trail must tell of. */
  readonly promotedVersionIds: readonly string[];
}

/**
 * Reads and verifies the trail of a deployed rotation with the operator's credentials. Needs the right to read the
 * function's configuration, the secret's labels (not its value), the trail's objects and its key.
 *
 * @throws CommandError, AuditError, ConfigurationError, and errors of the SDK
 */
export async function readTrail(
  session: Session,
  rotationName: string,
  place: AwsPlace,
): Promise<ReadTrail> {
  const { environment } = session.world;
  requireSafeAwsEndpoints(environment);
  session.progress.begin(`reading the configuration of ${rotationName}`);
  const target = await withClient(makeLambdaClient(environment, place), (client) =>
    readTarget(client, rotationName),
  );
  session.progress.begin('verifying the audit trail');
  const read = await verifyTrailOf(session, target);
  session.progress.stop();
  return { target, ...read };
}

/** The same of a rotation whose configuration is known, without a word on progress. */
export async function verifyTrailOf(
  session: Session,
  target: RotationTarget,
): Promise<Omit<ReadTrail, 'target'>> {
  const { config, region } = target;
  // Before the trail: a version that is promoted meanwhile must not seem to lack its entry.
  const promotedVersionIds = await withClient(
    makeOperatorSecretsManagerClient(session.world.environment, { region }),
    (client) => readPromotedVersions(client, config.secretArn),
  );
  const entries: Entry[] = [];
  const report = await verify(session, target, {
    promotedVersionIds,
    onEntry: (entry) => entries.push(entry),
  });
  return { report, entries, promotedVersionIds };
}

async function verify(
  session: Session,
  { config, region }: RotationTarget,
  expected: {
    readonly promotedVersionIds: readonly string[];
    readonly onEntry: (entry: Entry) => void;
  },
): Promise<ChainReport> {
  const { world, redactor } = session;
  const { bucket, prefix } = config.audit;
  const settings = (service: string): ReturnType<typeof sdkSettings> =>
    sdkSettings(world.environment, { region, service });
  const place = settings('S3');
  const s3 = new S3Client({ ...place, ...(place.endpoint && { forcePathStyle: true }) });
  const ssm = new SSMClient(settings('SSM'));
  const made: KMSClient[] = [];
  const kms = once(async () => {
    const { KMSClient } = await import('@aws-sdk/client-kms');
    const client = new KMSClient(settings('KMS'));
    made.push(client);
    return client;
  });
  const shared = { budget: new TimeBudget(() => CALL_MS), redactor };
  try {
    return await verifyTrail({
      store: new S3AuditStore({ client: s3, bucket, clock: world.clock, ...shared }),
      key: composeAuditKey(config.audit, { ssm, kms, cache: newSsmKeyCache(), ...shared }),
      prefix,
      rotation: config.name,
      promotedBy: LEADING_VAULT,
      ...expected,
    });
  } finally {
    for (const client of [s3, ssm, ...made]) client.destroy();
  }
}

async function withClient<Client extends { destroy(): void }, Result>(
  client: Client,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
