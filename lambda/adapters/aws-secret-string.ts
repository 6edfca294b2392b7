import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigurationError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import { toVaultError } from './aws-errors.ts';
import { callOptions } from './secrets-manager-client.ts';

/**
 * The AWSCURRENT string of a secret that the function needs for itself, such as an API key or a wallet. The redactor
 * takes up the whole string at once; the parts of it are for who parses it.
 *
 * @throws VaultUnreachableError, VaultRefusedError, DeadlineError
 * @throws ConfigurationError when the secret is binary
 */
export async function readSecretString(
  client: SecretsManagerClient,
  options: {
    readonly secretArn: string;
    readonly budget: TimeBudget;
    readonly redactor: Redactor;
  },
): Promise<string> {
  const { secretArn, budget, redactor } = options;
  try {
    const { SecretString: text } = await client.send(
      new GetSecretValueCommand({ SecretId: secretArn }),
      callOptions(budget),
    );
    if (text !== undefined) {
      redactor.add(text);
      return text;
    }
  } catch (error) {
    throw toVaultError(error, { subject: secretArn, operation: 'GetSecretValue', redactor });
  }
  throw new ConfigurationError('the secret is binary, a secret string was expected', {
    subject: secretArn,
    remedy: 'store it as SecretString',
  });
}
