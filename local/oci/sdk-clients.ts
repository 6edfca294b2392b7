import {
  CircuitBreaker,
  NoRetryConfigurationDetails,
  SimpleAuthenticationDetailsProvider,
} from 'oci-common';
import { SecretsClient } from 'oci-secrets';
import { VaultsClient } from 'oci-vault';
import type { ApiKey } from './api-key.ts';

/** The SDK's own clients of both services. They hold timers until `close`. */
export interface SdkClients {
  readonly vaults: VaultsClient;
  readonly secrets: SecretsClient;
  close(): void;
}

/**
 * Makes clients that sign with `key` and send to `url`, a stand-in's or a proxy's before it. No call is repeated and
 * nothing is kept from a server that failed: what a test sees is what the server did.
 */
export function createSdkClients(url: string, key: ApiKey): SdkClients {
  const authenticationDetailsProvider = new SimpleAuthenticationDetailsProvider(
    key.tenancyId,
    key.userId,
    key.fingerprint,
    key.privateKeyPem,
    null,
  );
  const configuration = {
    retryConfiguration: NoRetryConfigurationDetails,
    circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
  };
  const vaults = new VaultsClient({ authenticationDetailsProvider }, configuration);
  const secrets = new SecretsClient({ authenticationDetailsProvider }, configuration);
  vaults.endpoint = url;
  secrets.endpoint = url;
  return {
    vaults,
    secrets,
    close() {
      vaults.close();
      secrets.close();
    },
  };
}
