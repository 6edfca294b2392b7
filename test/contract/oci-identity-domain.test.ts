import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { FaultPlan } from '../../local/faults.ts';
import { publishedKey, signJwt } from '../../local/jwt.ts';
import {
  startIdentityDomain,
  type IdentityDomainServer,
} from '../../local/oci/identity-domain-server.ts';
import { IdentityDomain } from '../../local/oci/identity-domain.ts';

// 2026-05-28T20:26:40Z
const START_MS = 1_780_000_000_000;
const CLAIMS = {
  iss: 'https://issuer.example.com',
  aud: 'urn:lockstep:oci',
  sub: 'arn:aws:iam::111111111111:role/lockstep',
  exp: 1_780_000_300,
};
const BASIC = 'Basic bG9ja3N0ZXAtY2xpZW50OmV4YW1wbGUtc2VjcmV0'; // lockstep-client:example-secret

let issuerKey: KeyObject;
let otherKey: KeyObject;
let sessionPublicKey: KeyObject;
let issuer: Server;
let nowMs: number;
let faults: FaultPlan;
let domain: IdentityDomain;
let server: IdentityDomainServer;

beforeAll(async () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  issuerKey = keys.privateKey;
  otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  sessionPublicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  issuer = createServer((_request, response) => {
    response.end(
      JSON.stringify({ keys: [publishedKey({ publicKey: keys.publicKey, kid: 'key-1' })] }),
    );
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
});

afterAll(() => {
  issuer.close();
  issuer.closeAllConnections();
});

beforeEach(async () => {
  nowMs = START_MS;
  faults = new FaultPlan();
  domain = new IdentityDomain({
    now: () => nowMs,
    clients: new Map([
      ['lockstep-client', 'example-secret'],
      ['other', 'example-secret'],
    ]),
    trusts: [
      {
        issuer: 'https://issuer.example.com',
        publicKeyEndpoint: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`,
        oauthClients: ['lockstep-client'],
        clientClaimValues: ['urn:lockstep:oci'],
        impersonationServiceUsers: [
          { rule: "sub eq 'arn:aws:iam::222222222222:role/other'", value: 'other-user' },
          { rule: 'sub eq arn:aws:iam::111111111111:role/lock*', value: 'lockstep-user' },
        ],
      },
    ],
  });
  server = await startIdentityDomain(domain, { faults });
});

afterEach(async () => {
  await server.close();
});

interface Change {
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly claims?: object;
  readonly key?: KeyObject;
}

async function exchange(change: Change = {}): Promise<{ status: number; body: unknown }> {
  const { authorization = BASIC, claims, key = issuerKey } = change;
  const response = await fetch(`${server.url}/oauth2/v1/token`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:oci:token-type:oci-upst',
      public_key: spki(sessionPublicKey) ?? '',
      subject_token: signJwt({ ...CLAIMS, ...claims }, { kid: 'key-1', privateKey: key }),
      subject_token_type: 'jwt',
      ...change.form,
    }),
  });
  return { status: response.status, body: await response.json() };
}

async function token(): Promise<string> {
  const { body } = await exchange();
  return (body as { readonly token: string }).token;
}

function spki(key: KeyObject | undefined): string | undefined {
  return key?.export({ type: 'spki', format: 'der' }).toString('base64');
}

test('gives a session of an hour to the service user of the first rule that fits', async () => {
  const [, payload = ''] = (await token()).split('.');

  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
    sub: 'lockstep-user',
    jti: expect.any(String) as string,
    iat: 1_780_000_000,
    exp: 1_780_003_600,
    jwk: expect.stringContaining('"kty":"RSA"') as string,
  });
});

test('knows the key of a session until it ends, or is ended', async () => {
  const first = await token();
  expect(spki(domain.sessionKeyOf(first))).toBe(spki(sessionPublicKey));

  nowMs += 3_599_000;
  expect(domain.sessionKeyOf(first)).toBeDefined();
  nowMs += 1_000;
  expect(domain.sessionKeyOf(first)).toBeUndefined();

  const second = await exchange({ claims: { exp: 1_790_000_000 } });
  const { token: later } = second.body as { readonly token: string };
  expect(domain.sessionKeyOf(later)).toBeDefined();
  domain.endSessions();
  expect(domain.sessionKeyOf(later)).toBeUndefined();
});

test('knows no session whose token is of somebody else, or was altered', async () => {
  const [head = '', payload = '', signature = ''] = (await token()).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  const longer = Buffer.from(JSON.stringify({ ...claims, exp: 1_790_000_000 }));
  const none = Buffer.from('{"alg":"none","kid":"local-domain"}').toString('base64url');

  expect(domain.sessionKeyOf(`${head}.${payload}.${signature}`)).toBeDefined();
  expect(domain.sessionKeyOf(`${head}.${longer.toString('base64url')}.${signature}`)).toBe(
    undefined,
  );
  expect(domain.sessionKeyOf(`${none}.${payload}.`)).toBeUndefined();
  const forged = signJwt(claims, { kid: 'local-domain', privateKey: otherKey });
  expect(domain.sessionKeyOf(forged)).toBeUndefined();
});

test.each<[string, () => Change, number, string]>([
  ['there is no client', () => ({ authorization: '' }), 401, 'invalid_client'],
  // lockstep-client:another-secret
  [
    'its secret is another',
    () => ({ authorization: 'Basic bG9ja3N0ZXAtY2xpZW50OmFub3RoZXItc2VjcmV0' }),
    401,
    'invalid_client',
  ],
  // other:example-secret
  [
    'the trust does not name the client',
    () => ({ authorization: 'Basic b3RoZXI6ZXhhbXBsZS1zZWNyZXQ=' }),
    401,
    'unauthorized_client',
  ],
  [
    'the grant is another',
    () => ({ form: { grant_type: 'client_credentials' } }),
    400,
    'unsupported_grant_type',
  ],
  [
    'another kind of token is wanted',
    () => ({ form: { requested_token_type: 'urn:oci:token-type:oci-rpst' } }),
    400,
    'invalid_request',
  ],
  ['the key is none', () => ({ form: { public_key: 'bm8ga2V5' } }), 400, 'invalid_request'],
  ['the key is short', () => ({ form: { public_key: shortKey() } }), 400, 'invalid_request'],
  ['the token is none', () => ({ form: { subject_token: 'a.b.c' } }), 400, 'invalid_grant'],
  [
    'the issuer is another',
    () => ({ claims: { iss: 'https://other.example.com' } }),
    400,
    'invalid_grant',
  ],
  ['the signature is not of the issuer', () => ({ key: otherKey }), 400, 'invalid_grant'],
  ['the token has ended', () => ({ claims: { exp: 1_780_000_000 } }), 400, 'invalid_grant'],
  ['the token has no end', () => ({ claims: { exp: undefined } }), 400, 'invalid_grant'],
  ['the audience is another', () => ({ claims: { aud: 'urn:other' } }), 400, 'invalid_grant'],
  [
    'no rule fits the subject',
    () => ({ claims: { sub: 'arn:aws:iam::111111111111:role/other' } }),
    400,
    'invalid_grant',
  ],
])('fails when %s', async (_case, change, status, error) => {
  const answer = await exchange(change());

  expect(answer).toEqual({
    status,
    body: { error, error_description: expect.any(String) as string },
  });
});

test('can be told to fail', async () => {
  faults.add({ call: 'oci-domain:ExchangeToken', fault: { kind: 'throttle' } });
  faults.add({ call: 'oci-domain:ExchangeToken', fault: { kind: 'loseReply' } });

  expect((await exchange()).status).toBe(429);
  await expect(exchange()).rejects.toThrow('fetch failed');
  expect((await exchange()).status).toBe(200);
});

function shortKey(): string {
  return spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) ?? '';
}
