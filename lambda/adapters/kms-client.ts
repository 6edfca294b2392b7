import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { clientPlace, type Environment } from './audit-clients.ts';

/**
 * A client for keys of KMS that sign the audit trail. In a file of its own: where none does, none of it is loaded. `overrides`
 * come on top.
 *
 * @throws ConfigurationError when an endpoint in the environment is neither https nor on the loopback address
 */
export function makeKmsClient(
  environment: Environment,
  overrides: KMSClientConfig = {},
): KMSClient {
  return new KMSClient({ ...clientPlace(environment, 'KMS'), ...overrides });
}
