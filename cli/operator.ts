import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { makeS3Client } from '../lambda/adapters/audit-clients.ts';
import { S3AuditStore } from '../lambda/adapters/s3-audit-store.ts';
import { TimeBudget } from '../lambda/domain/time-budget.ts';
import type { AuditStore } from '../lambda/ports/audit-store.ts';
import {
  makeLambdaClient,
  makeOperatorSecretsManagerClient,
  sdkSettings,
  type AwsPlace,
} from './aws-clients.ts';
import { readTarget, type RotationTarget } from './rotation-target.ts';
import type { Session } from './session.ts';

/** A command has no deadline as an invocation has; each call keeps its own. */
const NO_DEADLINE_MS = 24 * 60 * 60 * 1_000;

/** What the operator reaches of one deployed rotation, with the operator's own credentials. */
export interface Operator {
  readonly target: RotationTarget;
  readonly lambda: LambdaClient;
  readonly secretsManager: SecretsManagerClient;
  readonly audit: AuditStore;
  /** Ends the connections. */
  readonly close: () => void;
}

/**
 * Finds a deployed rotation and makes the clients for it, in the region of its function.
 *
 * @throws CommandError when there is no such rotation, ConfigurationError for an unsafe endpoint
 */
export async function openOperator(
  { world: { environment, clock }, redactor }: Session,
  { name, region }: AwsPlace & { readonly name: string },
): Promise<Operator> {
  const lambda = makeLambdaClient(environment, { region });
  const target = await readTarget(lambda, name);
  const place = { region: target.region };
  const secretsManager = makeOperatorSecretsManagerClient(environment, place);
  const s3 = makeS3Client(environment, sdkSettings(environment, { ...place, service: 'S3' }));
  const { bucket } = target.config.audit;
  const budget = new TimeBudget(() => NO_DEADLINE_MS);
  return {
    target,
    lambda,
    secretsManager,
    audit: new S3AuditStore({ client: s3, bucket, budget, clock, redactor }),
    close: () => {
      for (const client of [lambda, secretsManager, s3]) client.destroy();
    },
  };
}
