import type { AuthenticationDetailsProvider } from 'oci-common';
import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { Mirror } from '../ports/mirror.ts';
import { OciVaultClient } from './oci-vault-client.ts';
import { OciVaultMirror } from './oci-vault-mirror.ts';

/**
 * A mirror in OCI Vault, over OCI's SDK.
 *
 * @param options.credentials what signs the calls, for example of `parseOciApiKeySecret`
 * @param options.redactor takes up every secret that is read or staged
 */
export function makeOciVaultMirror(options: {
  readonly config: OciVaultConfig;
  readonly credentials: AuthenticationDetailsProvider;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly redactor: Redactor;
}): Mirror {
  const { config, clock, redactor } = options;
  const { name, secretOcid } = config;
  return new OciVaultMirror({
    name,
    secretOcid,
    calls: new OciVaultClient(options),
    clock,
    redactor,
  });
}
