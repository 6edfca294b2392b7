import {
  serve,
  type HttpAnswer,
  type HttpRequest,
  type HttpService,
  type JournalEntry,
  type StandIn,
} from '../aws/http-stand-in.ts';
import { AwsServiceError } from '../aws/service-error.ts';
import { FaultPlan } from '../faults.ts';
import type { PublishedKey } from '../jwt.ts';
import type { IdentityDomain } from './identity-domain.ts';
import { OAuthError } from './oauth-error.ts';

const TOKEN_PATH = '/oauth2/v1/token';
const KEYS_TIMEOUT_MS = 5_000;

export interface IdentityDomainServer extends StandIn {
  /** Every call as it ended, without its content. */
  readonly requests: readonly JournalEntry[];
}

/**
 * The token endpoint of an identity domain over plain HTTP on a free port of 127.0.0.1. Its call in a fault plan is
 * `oci-domain:ExchangeToken`.
 */
export async function startIdentityDomain(
  domain: IdentityDomain,
  { faults = new FaultPlan() }: { readonly faults?: FaultPlan } = {},
): Promise<IdentityDomainServer> {
  const requests: JournalEntry[] = [];
  const standIn = await serve(tokenService(domain), { faults, journal: requests });
  return { ...standIn, requests };
}

function tokenService(domain: IdentityDomain): HttpService {
  return {
    name: 'oci-domain',
    operationOf: ({ method, url }) =>
      method === 'POST' && url.pathname === TOKEN_PATH ? 'ExchangeToken' : 'Unknown',
    answer: async (request, operation) => {
      if (operation === 'Unknown') return reply(404, { error: 'not_found' });
      return await exchange(domain, request);
    },
    refusal: ({ name, message, status }) =>
      reply(status, { error: name, error_description: message }),
    refused: ({ code = 'server_error', message = 'Internal Server Error' }) => {
      const status = { server_error: 500, invalid_client: 401 }[code] ?? 400;
      return new AwsServiceError(code, message, { status });
    },
    throttled: () =>
      new AwsServiceError('temporarily_unavailable', 'Too many requests.', { status: 429 }),
  };
}

async function exchange(domain: IdentityDomain, request: HttpRequest): Promise<HttpAnswer> {
  try {
    const token = await domain.exchange({
      client: clientOf(request),
      form: new URLSearchParams(request.body.toString()),
      fetchKeys,
    });
    return reply(200, { token });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return reply(error.status, { error: error.code, error_description: error.message });
  }
}

function clientOf({
  headers,
}: HttpRequest): { readonly id: string; readonly secret: string } | undefined {
  const [, base64] = /^Basic (\S+)$/.exec(headers.authorization ?? '') ?? [];
  if (base64 === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(base64, 'base64').toString().split(':');
  return { id, secret: secret.join(':') };
}

/** As the real one caches nothing for long, this one caches nothing at all. */
async function fetchKeys(url: string): Promise<readonly PublishedKey[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(KEYS_TIMEOUT_MS) });
  const { keys } = (await response.json()) as { readonly keys: readonly PublishedKey[] };
  return keys;
}

function reply(status: number, body: object): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
