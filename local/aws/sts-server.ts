import { randomUUID } from 'node:crypto';
import { credentialScope } from './authorization.ts';
import type { HttpAnswer, HttpRequest, HttpService } from './http-stand-in.ts';
import { AwsServiceError } from './service-error.ts';
import type { WebIdentityIssuer } from './web-identity-issuer.ts';
import { element, xmlDocument } from './xml.ts';

const XMLNS = 'https://sts.amazonaws.com/doc/2011-06-15/';
const KEYS_PATH = '/.well-known/jwks.json';

/** Where the keys are that verify the tokens of the STS at this address. On AWS they are at the issuer's own. */
export function publicKeyEndpoint(stsUrl: string): string {
  return `${stsUrl}${KEYS_PATH}`;
}

/** STS over HTTP, in the AWS query protocol, and the issuer's published keys. */
export function stsService(issuer: WebIdentityIssuer): HttpService {
  return {
    name: 'sts',
    operationOf: ({ method, url, body }) => {
      if (method === 'GET' && url.pathname === KEYS_PATH) return 'GetPublicKeys';
      const action = new URLSearchParams(body.toString()).get('Action');
      return action === 'GetWebIdentityToken' ? action : 'Unknown';
    },
    answer: async (request, operation) => {
      if (operation === 'GetPublicKeys') return await keys(issuer);
      if (operation === 'GetWebIdentityToken') return await getWebIdentityToken(issuer, request);
      throw new AwsServiceError('InvalidAction', 'Could not find operation.');
    },
    refusal: ({ name, message, status }) =>
      reply(status, 'ErrorResponse', [
        group('Error', [
          element('Type', status < 500 ? 'Sender' : 'Receiver'),
          element('Code', name),
          element('Message', message),
        ]),
        element('RequestId', randomUUID()),
      ]),
    refused: ({ code = 'InternalFailure', message = 'An internal error has occurred.' }) => {
      const status = code === 'InternalFailure' ? 500 : code === 'AccessDenied' ? 403 : 400;
      return new AwsServiceError(code, message, { status });
    },
    throttled: () => new AwsServiceError('Throttling', 'Rate exceeded'),
  };
}

async function keys(issuer: WebIdentityIssuer): Promise<HttpAnswer> {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ keys: await issuer.publishedKeys() }),
  };
}

async function getWebIdentityToken(
  issuer: WebIdentityIssuer,
  request: HttpRequest,
): Promise<HttpAnswer> {
  checkCredential(request);
  const form = new URLSearchParams(request.body.toString());
  const duration = form.get('DurationSeconds');
  const { token, expiration } = await issuer.getWebIdentityToken({
    audiences: [...form].flatMap(([name, value]) =>
      /^Audience\.member\.\d+$/.test(name) ? [value] : [],
    ),
    signingAlgorithm: form.get('SigningAlgorithm') ?? undefined,
    durationSeconds: duration === null ? undefined : Number(duration),
  });
  return reply(200, 'GetWebIdentityTokenResponse', [
    group('GetWebIdentityTokenResult', [
      element('WebIdentityToken', token),
      element('Expiration', expiration.toISOString()),
    ]),
    group('ResponseMetadata', [element('RequestId', randomUUID())]),
  ]);
}

function checkCredential(request: HttpRequest): void {
  const scope = credentialScope(request);
  if (scope === 'missing') {
    throw new AwsServiceError(
      'MissingAuthenticationToken',
      'Request is missing Authentication Token',
      {
        status: 403,
      },
    );
  }
  if (scope === 'malformed' || scope.service !== 'sts') {
    throw new AwsServiceError(
      'SignatureDoesNotMatch',
      "Credential should be scoped to correct service: 'sts'.",
      { status: 403 },
    );
  }
}

function group(name: string, children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

function reply(status: number, root: string, children: readonly string[]): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: xmlDocument(root, { xmlns: XMLNS, children }),
  };
}
