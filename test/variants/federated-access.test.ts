import { startClouds, type Clouds } from '../../local/clouds/clouds.ts';
import { allOutlets } from '../../local/observation/all-outlets.ts';
import { ALL_HOLDS, publishedPassword, whatHolds } from '../../local/observation/holding.ts';
import { rotate, START_MAX_MS } from '../../local/observation/operator.ts';
import { findSecrets } from '../../local/observation/secret-search.ts';

/**
 * Goal: the function that `cdk synth` produces rotates without an API key, as a service user of OCI.
 * Method: clouds of their own, in which AWS's tokens are the only way in to OCI.
 */
let clouds: Clouds;

beforeAll(async () => {
  const topology = { ociAccess: 'federated' } as const;
  clouds = await startClouds({ topology, retryDelayMs: 50, ociUpdatingMs: 0 });
}, START_MAX_MS);

afterAll(async () => {
  await clouds.close();
});

function countOf(call: string): number {
  return clouds.faults.calls.filter((one) => one === call).length;
}

test('a rotation with federated access asks for one session, and all holds', async () => {
  const oldPassword = await publishedPassword(clouds);

  const { outcome } = await rotate(clouds);

  expect(outcome).toEqual({ status: 'succeeded', attempts: 1 });
  await expect(whatHolds(clouds, oldPassword)).resolves.toEqual(ALL_HOLDS);
  expect([countOf('sts:GetWebIdentityToken'), countOf('oci-domain:ExchangeToken')]).toEqual([1, 1]);
});

test('a session that OCI ends between two rotations is followed by another one', async () => {
  const oldPassword = await publishedPassword(clouds);
  clouds.vaults.identityDomain.domain.endSessions();

  const { outcome } = await rotate(clouds);

  expect(outcome).toEqual({ status: 'succeeded', attempts: 1 });
  await expect(whatHolds(clouds, oldPassword)).resolves.toEqual(ALL_HOLDS);
  expect(countOf('oci-domain:ExchangeToken')).toBe(2);
});

test('a rotation that the identity domain refuses says what to look at, and the next one ends well', async () => {
  const oldPassword = await publishedPassword(clouds);
  await clouds.lambda.kill();
  const { oauthClientSecret: quoted } = clouds.secrets;
  const fault = { kind: 'refuse', code: 'invalid_grant', message: `no: ${quoted}` } as const;
  clouds.faults.add({ call: 'oci-domain:ExchangeToken', fault });

  const { outcome } = await rotate(clouds);

  expect(outcome).toEqual({ status: 'succeeded', attempts: 2 });
  await expect(whatHolds(clouds, oldPassword)).resolves.toEqual(ALL_HOLDS);
  const log = clouds.lambda.logs();
  expect(log).toContain('the token exchange was refused (400 invalid_grant)');
  expect(log).toContain('no: [redacted]');
});

test('the secret of the client is in no outlet, nor is any token', async () => {
  const { oauthClientSecret: value } = clouds.secrets;
  const outlets = await allOutlets(clouds);

  expect(findSecrets(outlets, [{ name: 'client secret', value }])).toEqual([]);
  expect(outlets.filter(({ text }) => /eyJ[\w-]{20,}\.eyJ|ST\$eyJ/.test(text))).toEqual([]);
});
