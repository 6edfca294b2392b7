import { Endpoint } from '../../config/primitives.ts';
import { ConfigurationError } from '../domain/errors.ts';

const PREFIX = 'AWS_ENDPOINT_URL';

/**
 * Refuses endpoints that would send secrets in the clear. The AWS SDK itself reads `AWS_ENDPOINT_URL` and
 * `AWS_ENDPOINT_URL_<SERVICE>` and would take any URL.
 *
 * @throws ConfigurationError when one of them is neither https nor on the loopback address
 */
export function requireSafeAwsEndpoints(
  environment: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, url] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || url === undefined || url === '') continue;
    if (Endpoint.safeParse(url).success) continue;
    throw new ConfigurationError(`${name} is neither https nor on the loopback address`, {
      remedy: `unset ${name} or give it an https URL`,
    });
  }
}
