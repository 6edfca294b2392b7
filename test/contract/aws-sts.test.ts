import { createPublicKey, verify } from 'node:crypto';
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { startAwsServer, type AwsServer } from '../../local/aws/aws-server.ts';
import { publicKeyEndpoint } from '../../local/aws/sts-server.ts';
import { FaultPlan, type Fault } from '../../local/faults.ts';
import type { PublishedKey } from '../../local/jwt.ts';

// 2026-05-28T20:26:40Z
const NOW_MS = 1_780_000_000_000;
const faults = new FaultPlan();
let aws: AwsServer;
let client: STSClient;

beforeAll(async () => {
  const rotation = { invoke: (): Promise<void> => Promise.resolve() };
  aws = await startAwsServer({ rotation, faults, now: () => NOW_MS });
  client = new STSClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: aws.urls.sts,
    maxAttempts: 1,
  });
});

afterEach(() => {
  faults.clear();
  aws.webIdentity.isEnabled = true;
});

afterAll(async () => {
  client.destroy();
  await aws.close();
});

interface Request {
  readonly Audience: string[];
  readonly SigningAlgorithm: string;
  readonly DurationSeconds?: number;
}

const REQUEST: Request = { Audience: ['urn:lockstep:oci'], SigningAlgorithm: 'RS256' };

async function ask(change: Partial<Request> = {}): Promise<{ token: string; expiration?: Date }> {
  const { WebIdentityToken: token = '', Expiration: expiration } = await client.send(
    new GetWebIdentityTokenCommand({ ...REQUEST, ...change }),
  );
  return { token, ...(expiration && { expiration }) };
}

test('GetWebIdentityToken gives a token of the account for the audience, valid five minutes', async () => {
  const { token, expiration } = await ask();

  const [, payload = ''] = token.split('.');
  expect(expiration).toEqual(new Date('2026-05-28T20:31:40Z'));
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
    iss: aws.webIdentity.issuer,
    aud: 'urn:lockstep:oci',
    sub: 'arn:aws:iam::111111111111:role/lockstep',
    jti: expect.any(String) as string,
    iat: 1_780_000_000,
    exp: 1_780_000_300,
    'https://sts.amazonaws.com/': { aws_account: '111111111111', source_region: 'eu-west-1' },
  });
  expect(aws.webIdentity.issuer).toMatch(
    /^https:\/\/[0-9a-f-]{36}\.tokens\.sts\.global\.api\.aws$/,
  );
});

test('the published keys verify it', async () => {
  const { token } = await ask();

  const response = await fetch(publicKeyEndpoint(aws.urls.sts));
  const { keys } = (await response.json()) as { readonly keys: readonly [PublishedKey] };
  const [head = '', payload = '', signature = ''] = token.split('.');
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  const isAuthentic = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${payload}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  expect(isAuthentic).toBe(true);
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({
    alg: 'RS256',
    typ: 'JWT',
    kid: keys[0].kid,
  });
});

test.each<[string, Partial<Request>, string]>([
  ['no audience is named', { Audience: [] }, 'audience'],
  ['the token would live for 59 seconds', { DurationSeconds: 59 }, 'durationSeconds'],
  ['the token would live for 3601 seconds', { DurationSeconds: 3_601 }, 'durationSeconds'],
  ['the algorithm is another', { SigningAlgorithm: 'HS256' }, 'signingAlgorithm'],
])('fails when %s', async (_case, change, field) => {
  await expect(ask(change)).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining(`'${field}'`) as string,
  });
});

test('fails when federation is disabled in the account', async () => {
  aws.webIdentity.isEnabled = false;

  await expect(ask()).rejects.toMatchObject({
    name: 'OutboundWebIdentityFederationDisabledException',
    $metadata: { httpStatusCode: 403 },
  });
});

test('fails when the request is not signed, or signed for another service', async () => {
  const body = 'Action=GetWebIdentityToken&Audience.member.1=x&SigningAlgorithm=RS256';
  const scope = 'Credential=local/20260528/eu-west-1/s3/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

  const unsigned = await fetch(aws.urls.sts, { method: 'POST', body });
  const other = await fetch(aws.urls.sts, { method: 'POST', body, headers: { authorization } });

  expect([unsigned.status, other.status]).toEqual([403, 403]);
  await expect(unsigned.text()).resolves.toContain('<Code>MissingAuthenticationToken</Code>');
  await expect(other.text()).resolves.toContain('<Code>SignatureDoesNotMatch</Code>');
});

test.each<[Exclude<Fault['kind'], 'delay'>, object]>([
  ['loseRequest', { message: expect.stringContaining('socket hang up') as string }],
  ['loseReply', { message: expect.stringContaining('socket hang up') as string }],
  ['cut', { message: expect.stringMatching(/aborted|socket hang up/) as string }],
  ['throttle', { name: 'Throttling' }],
  ['refuse', { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } }],
])('fails when the fault plan says so: %s', async (kind, failure) => {
  faults.add({ call: 'sts:GetWebIdentityToken', fault: { kind } });

  await expect(ask()).rejects.toMatchObject(failure);
  await expect(ask()).resolves.toHaveProperty('token');
});
