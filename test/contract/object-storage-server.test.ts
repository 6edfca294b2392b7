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

/** As the SDK's client of Object Storage does: it signs no body. */
async function sendSigned(
  path: string,
  init: { readonly method?: 'PUT' } & Pick<RequestInit, 'body' | 'headers'> = {},
  signer: ApiKey = key,
): Promise<Response> {
  const { tenancyId, userId, fingerprint, privateKeyPem } = signer;
  const provider = new SimpleAuthenticationDetailsProvider(
    tenancyId,
    userId,
    fingerprint,
    privateKeyPem,
    null,
  );
  const { method = 'GET' } = init;
  const headers = new Headers(init.headers);
  const uri = `${server.url}${path}`;
  await new DefaultRequestSigner(provider).signHttpRequest({ method, uri, headers }, true);
  return await fetch(uri, { ...init, headers });
}

async function getSigned(path: string, signer: ApiKey = key): Promise<Response> {
  return await sendSigned(path, {}, signer);
}

async function put(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return await sendSigned(path, { method: 'PUT', body, headers });
}

async function list(query: string): Promise<unknown> {
  return await (await getSigned(`/n/axexample/b/wallets/o?${query}`)).json();
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

  test('takes an object, and gives it out with its type', async () => {
    const response = await put('/n/axexample/b/wallets/o/new%2F1', '{"ä":1}\n', {
      'content-type': 'application/json',
      // printf '{"ä":1}\n' | openssl md5 -binary | base64
      'content-md5': '8rYvSAMoElDnxCtJPTU8MQ==',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('opc-content-md5')).toBe('8rYvSAMoElDnxCtJPTU8MQ==');
    const found = await getSigned('/n/axexample/b/wallets/o/new%2F1');
    expect(found.headers.get('content-type')).toBe('application/json');
    expect(await found.text()).toBe('{"ä":1}\n');
    expect(faults.calls).toEqual(['objectstorage:PutObject', 'objectstorage:GetObject']);
  });

  test('overwrites an object, and does not where the request says so', async () => {
    expect((await put(PATH, 'other bytes')).status).toBe(200);
    expect(await codeOf(await put(PATH, 'third', { 'if-none-match': '*' }))).toBe(
      '412 IfNoneMatchFailed',
    );
    expect(await (await getSigned(PATH)).text()).toBe('other bytes');
  });

  test('refuses an object whose digest is another one, whose name it does not take, and a bucket that is not there', async () => {
    const headers = { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' };
    expect(await codeOf(await put(PATH, 'x', headers))).toBe('400 UnmatchedContentMD5');
    expect(await codeOf(await put('/n/axexample/b/wallets/o/a%0Ab', 'x'))).toBe(
      '400 InvalidObjectName',
    );
    expect(await codeOf(await put(PATH, 'x', { 'if-none-match': 'abc' }))).toBe(
      '400 InvalidParameter',
    );
    expect(await codeOf(await put('/n/axexample/b/other/o/1', 'x'))).toBe('404 BucketNotFound');
    expect(await (await getSigned(PATH)).text()).toBe('the bytes');
  });

  test('lists names in the order of their bytes, page by page, with the fields that are asked for', async () => {
    for (const object of ['k/2', 'k/\u{1F600}', 'k/\uFF5E', 'k/1', 'l']) {
      storage.put({ ...PLACE, object }, Buffer.from('abc'));
    }
    expect(await list('prefix=k%2F&limit=2')).toEqual({
      objects: [{ name: 'k/1' }, { name: 'k/2' }],
      prefixes: [],
      nextStartWith: 'k/\uFF5E',
    });
    expect(await list('prefix=k%2F&startAfter=k%2F2&fields=name,size,md5')).toEqual({
      objects: [
        { name: 'k/\uFF5E', size: 3, md5: 'kAFQmDzST7DWlj99KOF/cg==' },
        { name: 'k/\u{1F600}', size: 3, md5: 'kAFQmDzST7DWlj99KOF/cg==' },
      ],
      prefixes: [],
    });
  });

  test.each(['limit=0', 'limit=1001', 'fields=name,colour', 'delimiter=%2F'])(
    'refuses a listing with %s',
    async (query) => {
      const response = await getSigned(`/n/axexample/b/wallets/o?${query}`);
      expect(await codeOf(response)).toBe('400 InvalidParameter');
    },
  );

  test('lets who signs do what is allowed, and answers anything else as for a bucket that is not there', async () => {
    await server.close();
    const publicKeys = new Map([[key.keyId, key.publicKeyPem]]);
    const permissions = ['OBJECT_CREATE', 'OBJECT_INSPECT'] as const;
    server = await startObjectStorage({ storage, publicKeys, permissions });
    expect((await put('/n/axexample/b/wallets/o/new', 'x')).status).toBe(200);
    expect(await list('prefix=new')).toMatchObject({ objects: [{ name: 'new' }] });
    expect(await codeOf(await put(PATH, 'x', { 'if-none-match': '*' }))).toBe('404 BucketNotFound');
    expect(await codeOf(await getSigned(PATH))).toBe('404 BucketNotFound');
  });

  test('keeps an object whose answer is lost, and nothing of a request that is lost', async () => {
    faults.add({ call: 'objectstorage:PutObject', fault: { kind: 'loseReply' } });
    faults.add({ call: 'objectstorage:PutObject', fault: { kind: 'loseRequest' } });
    await expect(put('/n/axexample/b/wallets/o/1', 'x')).rejects.toThrow();
    await expect(put('/n/axexample/b/wallets/o/2', 'x')).rejects.toThrow();
    expect(storage.get({ ...PLACE, object: '1' })).toMatchObject({ bytes: Buffer.from('x') });
    expect(storage.get({ ...PLACE, object: '2' })).toBe('no-object');
  });
});
