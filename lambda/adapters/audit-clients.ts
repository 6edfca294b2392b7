import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { requireSafeAwsEndpoints } from './aws-endpoints.ts';

/** The variables of the function's environment, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A first attempt and two more: what the SDKs do by default, said here because the deadline of a call covers all. */
const SDK_ATTEMPTS_MAX = 3;
const CONNECT_MAX_MS = 2_000;
/** One attempt gives up after this, so that a call that hangs is tried again within its deadline. */
const ATTEMPT_MAX_MS = 3_000;

/** What the clients of the audit trail have in common. */
interface ClientPlace extends Pick<
  S3ClientConfig & SSMClientConfig,
  'maxAttempts' | 'requestHandler'
> {
  /** Given where the endpoint is overridden only, with the region. */
  readonly endpoint?: string;
  readonly region?: string;
}

/**
 * A client for the audit trail's bucket.
 *
 * Only where the endpoint is overridden the bucket goes into the path: a stand-in on the loopback address has no host
 * name for it. `overrides` come on top.
 *
 * @throws ConfigurationError when an endpoint in the environment is neither https nor on the loopback address
 */
export function makeS3Client(environment: Environment, overrides: S3ClientConfig = {}): S3Client {
  const place = clientPlace(environment, 'S3');
  return new S3Client({ ...place, ...(place.endpoint && { forcePathStyle: true }), ...overrides });
}

/**
 * A client for the audit trail's key. `overrides` come on top.
 *
 * @throws ConfigurationError when an endpoint in the environment is neither https nor on the loopback address
 */
export function makeSsmClient(
  environment: Environment,
  overrides: SSMClientConfig = {},
): SSMClient {
  return new SSMClient({ ...clientPlace(environment, 'SSM'), ...overrides });
}

/**
 * Limits, and where the service is if not at its public address.
 *
 * @throws ConfigurationError when an endpoint in the environment is neither https nor on the loopback address
 */
export function clientPlace(environment: Environment, service: 'S3' | 'SSM' | 'KMS'): ClientPlace {
  const endpoint = endpointOf(environment, service);
  return {
    maxAttempts: SDK_ATTEMPTS_MAX,
    requestHandler: {
      connectionTimeout: CONNECT_MAX_MS,
      requestTimeout: ATTEMPT_MAX_MS,
      // Without it the SDK only warns.
      throwOnRequestTimeout: true,
    },
    ...(endpoint !== undefined && { endpoint, region: regionOf(environment) }),
  };
}

/** As the SDK looks it up. It is given to the client all the same: the path style hangs on it. */
function endpointOf(environment: Environment, service: 'S3' | 'SSM' | 'KMS'): string | undefined {
  requireSafeAwsEndpoints(environment);
  return [environment[`AWS_ENDPOINT_URL_${service}`], environment['AWS_ENDPOINT_URL']].find(
    (url) => url !== undefined && url !== '',
  );
}

function regionOf(environment: Environment): string {
  return environment['AWS_REGION'] ?? 'us-east-1';
}
