import { DefaultRequestSigner, SimpleAuthenticationDetailsProvider } from 'oci-common';
import type { StandIn } from '../../local/aws/http-stand-in.ts';
import { FaultPlan } from '../../local/faults.ts';
import { createApiKey, type ApiKey } from '../../local/oci/api-key.ts';
import { startObjectStorage } from '../../local/oci/object-storage-server.ts';
import { ObjectStorage } from '../../local/oci/object-storage.ts';

const PLACE = { namespace: 'axexample', bucket: 'wallets', object: 'orders/wallet one.zip' };
const PATH = '/n/axexample/b/wallets/o/orders%2Fwallet%20one.zip';
const NOON_MS = Date.parse('2026-11-27T12:00:00Z');

let key: ApiKey;
let nowMs: number;
let storage: ObjectStorage;
let faults: FaultPlan;
let server: StandIn;

beforeAll(async () => {
  key = await createApiKey();
});

beforeEach(async () => {
  nowMs = NOON_MS;
  storage = new ObjectStorage({ now: () => nowMs });
  storage.put(PLACE, Buffer.from('the bytes'));
  faults = new FaultPlan();
  const publicKeys = new Map([[key.keyId, key.publicKeyPem]]);
  server = await startObjectStorage({ storage, publicKeys, faults });
});

afterEach(async () => {
  await server.close();
});

async function getSigned(path: string, signer: ApiKey = key): Promise<Response> {
  const { tenancyId, userId, fingerprint, privateKeyPem } = signer;
  const provider = new SimpleAuthenticationDetailsProvider(
    tenancyId,
    userId,
    fingerprint,
    privateKeyPem,
    null,
  );
  const headers = new Headers();
  const uri = `${server.url}${path}`;
  await new DefaultRequestSigner(provider).signHttpRequest({ method: 'GET', uri, headers });
  return await fetch(uri, { headers });
}

async function codeOf(response: Response): Promise<string> {
  const { code } = (await response.json()) as { readonly code: string };
  return `${response.status} ${code}`;
}

describe('the stand-in of OCI Object Storage', () => {
  test('gives out an object to a request that the real SDK signed', async () => {
    const response = await getSigned(PATH);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('the bytes');
    expect(faults.calls).toEqual(['objectstorage:GetObject']);
  });

  test('refuses a request that is not signed, or by another key', async () => {
    expect(await codeOf(await fetch(`${server.url}${PATH}`))).toBe('401 NotAuthenticated');
    expect(await codeOf(await getSigned(PATH, await createApiKey()))).toBe('401 NotAuthenticated');
  });

  test('answers 404 for what is not there', async () => {
    expect(await codeOf(await getSigned('/n/axexample/b/wallets/o/other.zip'))).toBe(
      '404 ObjectNotFound',
    );
    expect(await codeOf(await getSigned('/n/axexample/b/other/o/wallet.zip'))).toBe(
      '404 BucketNotFound',
    );
  });

  test('gives out an object by a pre-authenticated request until its end, and no other object', async () => {
    const path = storage.preauthenticate(PLACE, NOON_MS + 60_000);
    expect(path).toMatch(
      /^\/p\/[A-Za-z0-9_-]{64}\/n\/axexample\/b\/wallets\/o\/orders%2Fwallet%20one\.zip$/,
    );
    expect(await (await fetch(`${server.url}${path}`)).text()).toBe('the bytes');
    const other = path.replace('one', 'two');
    expect(await codeOf(await fetch(`${server.url}${other}`))).toBe('404 BucketNotFound');
    nowMs += 60_000;
    expect(await codeOf(await fetch(`${server.url}${path}`))).toBe('404 BucketNotFound');
    expect(faults.calls).toEqual(Array(3).fill('objectstorage:GetPreauthenticated'));
  });

  test.each(['loseRequest', 'loseReply', 'cut'] as const)('suffers a fault: %s', async (kind) => {
    faults.add({ call: 'objectstorage:GetObject', fault: { kind } });
    await expect(getSigned(PATH).then(async (response) => await response.text())).rejects.toThrow();
    expect((await getSigned(PATH)).status).toBe(200);
  });

  test('refuses with the error that a fault names', async () => {
    faults.add({ call: 'objectstorage:GetObject', fault: { kind: 'throttle' } });
    expect(await codeOf(await getSigned(PATH))).toBe('429 TooManyRequests');
  });
});
