import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ConnectionStringsSecret } from '../config/connection-strings-config.ts';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import { ConnectionStringsMirror } from './adapters/connection-strings-mirror.ts';
import type { LazyMirror } from './adapters/lazy.ts';
import { SecretsManagerMirror } from './adapters/secrets-manager-mirror.ts';
import { SecretsManagerStore } from './adapters/secrets-manager.ts';
import type { ConnectionTarget } from './domain/connection-strings.ts';
import type { Redactor } from './domain/redactor.ts';
import type { Clock, TimeBudget } from './domain/time-budget.ts';
import type { Mirror } from './ports/mirror.ts';

/** What a mirror with connection strings is made of, beside the secret that it is in. */
export interface ConnectionStringsParts {
  readonly targets: readonly ConnectionTarget[];
  readonly client: SecretsManagerClient;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly composeMirror: (config: OciVaultConfig) => LazyMirror;
}

/** A second secret behind a mirror's port. It is made when it is soon to be used, and its access with it. */
export function makeConnectionStringsMirror(
  secret: ConnectionStringsSecret,
  parts: ConnectionStringsParts,
): Mirror {
  const { targets, redactor } = parts;
  return new ConnectionStringsMirror({ mirror: mirrorOf(secret, parts), targets, redactor });
}

function mirrorOf(
  secret: ConnectionStringsSecret,
  { client, budget, redactor, clock, composeMirror }: ConnectionStringsParts,
): Mirror {
  if ('mirror' in secret) {
    const mirror = composeMirror(secret.mirror);
    mirror.prepare();
    return mirror;
  }
  const store = new SecretsManagerStore({ client, ...secret, budget, clock, redactor });
  return new SecretsManagerMirror({ store, clock });
}
