import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AuthenticationDetailsProvider } from 'oci-common';
import type { OciVaultConfig } from '../config/mirror-config.ts';
import { readSecretString } from './adapters/aws-secret-string.ts';
import type { Redactor } from './domain/redactor.ts';
import type { TimeBudget } from './domain/time-budget.ts';

export interface OciAccessParts {
  readonly container: { readonly secretsManager: SecretsManagerClient };
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
}

/** What signs calls to OCI for a mirror, and for what else is read with its access. */
export async function composeOciAccess(
  { auth: { secretArn } }: OciVaultConfig,
  { container, budget, redactor }: OciAccessParts,
): Promise<AuthenticationDetailsProvider> {
  const [text, { parseOciApiKeySecret }] = await Promise.all([
    readSecretString(container.secretsManager, { secretArn, budget, redactor }),
    import('./adapters/oci-api-key-secret.ts'),
  ]);
  return parseOciApiKeySecret(text, { secretArn, redactor });
}
