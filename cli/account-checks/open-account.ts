import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { makeS3Client } from '../../lambda/adapters/audit-clients.ts';
import { makeKmsClient } from '../../lambda/adapters/kms-client.ts';
import {
  makeLambdaClient,
  makeOperatorSecretsManagerClient,
  sdkSettings,
  type AwsPlace,
} from '../aws-clients.ts';
import { readTarget } from '../rotation-target.ts';
import type { Session } from '../session.ts';
import type { Account } from './account.ts';

/** CloudTrail takes two look-ups a second from an account, and somebody else may be looking too. */
const LOOKUP_ATTEMPTS_MAX = 6;
const LOOKUP_CONNECT_MAX_MS = 5_000;
const LOOKUP_MAX_MS = 10_000;

/**
 * Finds a deployed rotation and makes the clients that the checks of its account need.
 *
 * @throws CommandError when there is no such rotation, ConfigurationError for an unsafe endpoint
 */
export async function openAccount(
  session: Session,
  { name, region }: AwsPlace & { readonly name: string },
): Promise<{ readonly account: Account; readonly close: () => void }> {
  const { environment } = session.world;
  const lambda = makeLambdaClient(environment, { region });
  const target = await readTarget(lambda, name);
  const settings = (service: string): ReturnType<typeof sdkSettings> =>
    sdkSettings(environment, { region: target.region, service });
  const clients = {
    lambda,
    secretsManager: makeOperatorSecretsManagerClient(environment, { region: target.region }),
    kms: makeKmsClient(environment, settings('KMS')),
    s3: makeS3Client(environment, settings('S3')),
    cloudTrail: new CloudTrailClient({
      ...settings('CLOUDTRAIL'),
      maxAttempts: LOOKUP_ATTEMPTS_MAX,
      requestHandler: {
        connectionTimeout: LOOKUP_CONNECT_MAX_MS,
        requestTimeout: LOOKUP_MAX_MS,
        throwOnRequestTimeout: true,
      },
    }),
  };
  return {
    account: { session, target, ...clients },
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
