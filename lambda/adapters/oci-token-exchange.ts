import * as z from 'zod';
import {
  DeadlineError,
  type LockstepError,
  VaultRefusedError,
  VaultUnreachableError,
} from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import { basicCredentials, type OciOAuthClient } from './oci-oauth-client.ts';
import { redactToken } from './token.ts';

/** One attempt, from connecting to the last byte of the answer. */
const ATTEMPT_TIMEOUT_MS = 8_000;
/** Pauses before an attempt is repeated. An exchange changes nothing: whether the lost one took effect is all the same. */
const RETRY_DELAYS_MS = [500, 1_500];
const DESCRIPTION_LENGTH_MAX = 300;

const Answer = z.looseObject({ token: z.string().min(1) });
/** RFC 6749, section 5.2. */
const Refusal = z.looseObject({ error: z.string(), error_description: z.string().optional() });

export interface TokenExchange {
  /** Who needs the token, for errors. */
  readonly subject: string;
  readonly domainUrl: string;
  readonly audience: string;
  readonly clientSecretArn: string;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/** What is exchanged, and for whom. */
export interface ExchangedToken {
  readonly client: OciOAuthClient;
  /** The token of AWS. */
  readonly subjectToken: string;
  /** The public key that the session is to be of: SubjectPublicKeyInfo, DER in base64. */
  readonly publicKeyBase64: string;
}

/** No whole answer, or one that is not the domain's. */
class NoExchangeError extends Error {
  override readonly name = 'NoExchangeError';
}

/**
 * Exchanges a token of AWS at an identity domain for a session token (UPST) of OCI, up to three times while there is no
 * usable answer. The redactor takes up the token.
 *
 * Source: OCI, Token Exchange Grant Type: Exchanging a JSON Web Token for a UPST.
 *
 * @throws VaultUnreachableError, VaultRefusedError, DeadlineError
 */
export async function exchangeToken(
  exchange: TokenExchange,
  exchanged: ExchangedToken,
): Promise<string> {
  let failure: NoExchangeError | undefined;
  for (const delayMs of [0, ...RETRY_DELAYS_MS]) {
    if (delayMs > 0) await exchange.clock.sleep(delayMs);
    try {
      return await attempt(exchange, exchanged);
    } catch (error) {
      // Where time runs out between two attempts, what made the first one fail says more.
      if (error instanceof DeadlineError && failure !== undefined) break;
      if (!(error instanceof NoExchangeError)) throw error;
      failure = error;
    }
  }
  throw unreachable(failure, exchange);
}

async function attempt(exchange: TokenExchange, exchanged: ExchangedToken): Promise<string> {
  const { domainUrl, budget, redactor } = exchange;
  const signal = AbortSignal.timeout(budget.timeoutMs(ATTEMPT_TIMEOUT_MS));
  const { status, text } = await post(new URL('/oauth2/v1/token', domainUrl), exchanged, signal);
  const answer = parseJson(text);
  if (status === 200) {
    const { success, data } = Answer.safeParse(answer);
    if (!success) throw new NoExchangeError('the answer holds no token');
    redactToken(data.token, redactor);
    return data.token;
  }
  const { success, data } = Refusal.safeParse(answer);
  // Without an OAuth error the answer is somebody else's, a proxy's for example, and says nothing about the exchange.
  if (status === 429 || status >= 500 || !success) {
    throw new NoExchangeError(`the answer was ${status}`);
  }
  throw refusal(exchange, { status, error: data.error, description: data.error_description ?? '' });
}

async function post(
  url: URL,
  { client, subjectToken, publicKeyBase64 }: ExchangedToken,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:oci:token-type:oci-upst',
    public_key: publicKeyBase64,
    subject_token: subjectToken,
    subject_token_type: 'jwt',
  });
  const headers = { authorization: `Basic ${basicCredentials(client)}` };
  try {
    // A redirect would carry the token of AWS and the client's secret to wherever it points.
    const init = { method: 'POST', headers, body, signal, redirect: 'error' } as const;
    const response = await fetch(url, init);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new NoExchangeError('no whole answer came', { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}

function unreachable(failure: NoExchangeError | undefined, exchange: TokenExchange): LockstepError {
  const { subject, domainUrl, redactor } = exchange;
  return new VaultUnreachableError('the token exchange got no usable answer', {
    subject,
    remedy: `wait for the retry; if it happens again, check domainUrl and the network path to ${domainUrl}`,
    cause: redactor.summarize(failure),
  });
}

function refusal(
  exchange: TokenExchange,
  answer: { readonly status: number; readonly error: string; readonly description: string },
): LockstepError {
  const { status, error, description } = answer;
  const said = `${error}: ${description}`.slice(0, DESCRIPTION_LENGTH_MAX);
  const code = exchange.redactor.clean(/^[a-z_]{1,40}$/.exec(error)?.[0] ?? 'unknown error');
  return new VaultRefusedError(`the token exchange was refused (${status} ${code})`, {
    subject: exchange.subject,
    remedy: remedyFor(error, exchange),
    cause: exchange.redactor.summarize(new Error(said)),
  });
}

function remedyFor(error: string, { clientSecretArn, audience }: TokenExchange): string {
  if (error === 'invalid_client' || error === 'unauthorized_client') {
    return `check clientId and clientSecret in ${clientSecretArn}, and that the application is active, may exchange tokens and stands in oauthClients of the identity propagation trust`;
  }
  return `check the identity propagation trust: active, issuer and publicKeyEndpoint those of the AWS account, clientClaimValues with ${audience}, and a rule of impersonationServiceUsers that fits the ARN of the function's role`;
}
