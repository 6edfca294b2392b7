import { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { requireSafeAwsEndpoints } from '../lambda/adapters/aws-endpoints.ts';
import { makeSecretsManagerClient } from '../lambda/adapters/secrets-manager-client.ts';
import type { World } from './world.ts';

/** Lambda's own longest time-out, and a little: an operation of the function is waited for. */
const INVOKE_MAX_MS = 910_000;
const CONNECT_MAX_MS = 5_000;

export interface AwsPlace {
  /** As given with --region; what the SDK finds in the environment or the profile if left out. */
  readonly region?: string | undefined;
}

type Environment = World['environment'];

/**
 * A client of Lambda with the operator's credentials, which the SDK finds as the AWS CLI does.
 *
 * @throws ConfigurationError when an endpoint in the environment is neither https nor on the loopback address
 */
export function makeLambdaClient(environment: Environment, place: AwsPlace): LambdaClient {
  requireSafeAwsEndpoints(environment);
  return new LambdaClient({
    ...sdkSettings(environment, { ...place, service: 'LAMBDA' }),
    // An invocation has no end that is known here, and to send it again would run the operation twice at once.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MAX_MS,
      requestTimeout: INVOKE_MAX_MS,
      throwOnRequestTimeout: true,
    },
  });
}

/** A client of Secrets Manager with the operator's credentials, likewise. @throws ConfigurationError as above */
export function makeOperatorSecretsManagerClient(
  environment: Environment,
  place: AwsPlace,
): SecretsManagerClient {
  return makeSecretsManagerClient(
    environment,
    sdkSettings(environment, { ...place, service: 'SECRETS_MANAGER' }),
  );
}

/** Endpoint and region for a client, where they are said. Where they are not the SDK looks for itself. */
export function sdkSettings(
  environment: Environment,
  { region, service }: AwsPlace & { readonly service: string },
): { readonly region?: string; readonly endpoint?: string } {
  const endpoint = [
    environment[`AWS_ENDPOINT_URL_${service}`],
    environment['AWS_ENDPOINT_URL'],
  ].find((url) => url !== undefined && url !== '');
  const place = [region, environment['AWS_REGION'], environment['AWS_DEFAULT_REGION']].find(
    (one) => one !== undefined && one !== '',
  );
  return {
    ...(place === undefined ? {} : { region: place }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
