import { GetWebIdentityTokenCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { VaultRefusedError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import { requireSafeAwsEndpoints } from './aws-endpoints.ts';
import { CREDENTIALS_REMEDY, toVaultError, type AwsRemedy } from './aws-errors.ts';
import { redactToken } from './token.ts';

/** One call, the SDK's own repetitions included. */
const CALL_TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 3;
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 4_000;

/** The least that is comfortable: the token is handed on at once. The function's role may ask for no more. */
const TOKEN_LIFETIME_S = 300;
/** The one algorithm that OCI is known to verify. The function's role may ask for no other. */
const ALGORITHM = 'RS256';

const REMEDIES: readonly AwsRemedy[] = [
  {
    sign: /^OutboundWebIdentityFederationDisabled/,
    remedy: () => 'enable it once for the account: aws iam enable-outbound-web-identity-federation',
  },
  {
    sign: /^AccessDenied/,
    remedy: () =>
      `allow the function's role sts:GetWebIdentityToken for this audience, ${ALGORITHM} and ${TOKEN_LIFETIME_S} seconds; see also VPC endpoint policies and service control policies`,
  },
  CREDENTIALS_REMEDY,
];

/**
 * A client of STS that repeats a failed call at most twice. The SDK takes region, credentials and endpoint from its own
 * environment variables, and calls the region's own endpoint: the global one does not know GetWebIdentityToken. `overrides`
 * come on top.
 *
 * @throws ConfigurationError when `environment` gives an endpoint that is neither https nor on the loopback address
 */
export function makeStsClient(
  environment: Readonly<Record<string, string | undefined>>,
  overrides: STSClientConfig = {},
): STSClient {
  requireSafeAwsEndpoints(environment);
  return new STSClient({
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

export interface WebIdentityOptions {
  readonly client: STSClient;
  /** Who needs the token, for errors. */
  readonly subject: string;
  readonly audience: string;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
}

/**
 * A token (JWT) in which AWS says to that audience whose role the function has. The redactor takes it up.
 *
 * @throws VaultUnreachableError, VaultRefusedError, DeadlineError
 */
export async function getWebIdentityToken(options: WebIdentityOptions): Promise<string> {
  const { client, subject, audience, budget, redactor } = options;
  const command = new GetWebIdentityTokenCommand({
    Audience: [audience],
    SigningAlgorithm: ALGORITHM,
    DurationSeconds: TOKEN_LIFETIME_S,
  });
  try {
    const abortSignal = AbortSignal.timeout(budget.timeoutMs(CALL_TIMEOUT_MS));
    const { WebIdentityToken: token } = await client.send(command, { abortSignal });
    if (token !== undefined) {
      redactToken(token, redactor);
      return token;
    }
  } catch (error) {
    throw toVaultError(error, {
      subject,
      operation: 'GetWebIdentityToken',
      redactor,
      service: 'STS',
      remedies: REMEDIES,
    });
  }
  throw new VaultRefusedError('GetWebIdentityToken gave no token', {
    subject,
    remedy: 'look up GetWebIdentityToken in the reference of STS',
  });
}
