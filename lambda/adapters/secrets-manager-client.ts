import {
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import type { TimeBudget } from '../domain/time-budget.ts';
import { requireSafeAwsEndpoints } from './aws-endpoints.ts';

/** One call, the SDK's own repetitions included. */
export const CALL_TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 3;
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 4_000;

/**
 * A client of Secrets Manager that repeats a failed call at most twice and waits for no answer for ever. The SDK takes
 * region, credentials and endpoint from its own environment variables; `overrides` come on top.
 *
 * @throws ConfigurationError when `environment` gives an endpoint that is neither https nor on the loopback address
 */
export function makeSecretsManagerClient(
  environment: Readonly<Record<string, string | undefined>>,
  overrides: SecretsManagerClientConfig = {},
): SecretsManagerClient {
  requireSafeAwsEndpoints(environment);
  return new SecretsManagerClient({
    maxAttempts: ATTEMPTS_MAX,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...overrides,
  });
}

/** What a call is sent with, so that it ends in time. @throws DeadlineError when too little time is left */
export function callOptions(budget: TimeBudget): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(budget.timeoutMs(CALL_TIMEOUT_MS)) };
}
