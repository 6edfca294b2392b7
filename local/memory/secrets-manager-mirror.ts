import { AwsSecretStore } from '../../lambda/adapters/aws-secret-store.ts';
import { SecretsManagerMirror } from '../../lambda/adapters/secrets-manager-mirror.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import { memoryCallsOf, type MemorySecretStoreOptions } from './secret-store.ts';

/** A mirror in Secrets Manager: the adapter's own rules over the service's model, without HTTP and repetitions. */
export function makeMemorySecretsManagerMirror(
  options: MemorySecretStoreOptions & { readonly name: string },
): Mirror {
  const calls = memoryCallsOf(options);
  const store = new AwsSecretStore({ ...options, calls, settleDelaysMs: [] });
  return new SecretsManagerMirror({ store, clock: options.clock });
}
