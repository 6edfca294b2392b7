import type { OciVaultConfig } from '../../config/mirror-config.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { Mirror } from '../ports/mirror.ts';
import type { OciAccess } from './oci-access.ts';
import { OciVaultClient } from './oci-vault-client.ts';
import { OciVaultMirror } from './oci-vault-mirror.ts';

/**
 * A mirror in OCI Vault, over OCI's SDK.
 *
 * @param options.access what the calls are signed with, for example of `parseOciApiKeySecret`
 * @param options.redactor takes up every secret that is read or staged
 */
export function makeOciVaultMirror(options: {
  readonly config: OciVaultConfig;
  readonly access: OciAccess;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly redactor: Redactor;
}): Mirror {
  const { config, access, clock, redactor } = options;
  const { name, secretOcid } = config;
  return new OciVaultMirror({
    name,
    secretOcid,
    signInRemedy: access.remedy,
    calls: new OciVaultClient(options),
    clock,
    redactor,
  });
}
