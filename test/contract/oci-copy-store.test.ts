import { OciCopyStore } from '../../lambda/adapters/oci-copy-store.ts';
import { parseOciApiKeySecret } from '../../lambda/adapters/oci-api-key-secret.ts';
import type { OciAccess } from '../../lambda/adapters/oci-access.ts';
import { AuditCopyError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { StandIn } from '../../local/aws/http-stand-in.ts';
import { FaultPlan } from '../../local/faults.ts';
import type { ApiKey } from '../../local/oci/api-key.ts';
import {
  startObjectStorage,
  type ObjectPermission,
} from '../../local/oci/object-storage-server.ts';
import { ObjectStorage } from '../../local/oci/object-storage.ts';
import { apiKey } from './mirror-subjects.ts';

const PLACE = { namespace: 'axexample', bucket: 'lockstep-audit' };
const ENTRY = { key: 'lockstep/orders/entries/999999999998', body: '{"subject":"ä € 😀"}\n' };
/** What `lockstep policy oci` prints allows no more. */
const LEAST: readonly ObjectPermission[] = ['OBJECT_CREATE', 'OBJECT_INSPECT'];
const ALL: readonly ObjectPermission[] = [...LEAST, 'OBJECT_OVERWRITE', 'OBJECT_READ'];

let key: ApiKey;
let storage: ObjectStorage;
let faults: FaultPlan;
let server: StandIn;

beforeAll(async () => {
  key = await apiKey();
});

beforeEach(async () => {
  storage = new ObjectStorage({ now: () => Date.now() });
  storage.createBucket(PLACE);
  faults = new FaultPlan();
  server = await serve(LEAST);
});

afterEach(async () => {
  await server.close();
});

async function serve(permissions: readonly ObjectPermission[]): Promise<StandIn> {
  const publicKeys = new Map([[key.keyId, key.publicKeyPem]]);
  return await startObjectStorage({ storage, publicKeys, permissions, faults });
}

function accessOf({ tenancyId, userId, fingerprint, privateKeyPem }: ApiKey): OciAccess {
  const secret = { tenancy: tenancyId, user: userId, fingerprint, privateKey: privateKeyPem };
  const options = { secretArn: 'arn', redactor: new Redactor() };
  return parseOciApiKeySecret(JSON.stringify(secret), options);
}

function open({
  prefix,
  access = accessOf(key),
  budget = new TimeBudget(() => 60_000),
}: { prefix?: string; access?: OciAccess; budget?: TimeBudget } = {}): OciCopyStore {
  const { url: objectStorage } = server;
  return new OciCopyStore({
    place: { mirror: 'oci', ...PLACE, ...(prefix && { prefix }) },
    mirror: {
      name: 'oci',
      region: 'eu-frankfurt-1',
      endpoints: { vaults: objectStorage, secrets: objectStorage, objectStorage },
    },
    access,
    budget,
    clock: { sleep: () => Promise.resolve() },
    redactor: new Redactor(),
  });
}

function stored(object: string): string | undefined {
  const found = storage.get({ ...PLACE, object });
  return typeof found === 'object' ? found.bytes.toString('utf8') : undefined;
}

describe('copies in OCI Object Storage', () => {
  test('are the same object under the same key, with the least of permissions', async () => {
    await open().put(ENTRY);
    expect(storage.get({ ...PLACE, object: ENTRY.key })).toMatchObject({
      bytes: Buffer.from(ENTRY.body),
      contentType: 'application/json',
    });
    expect(faults.calls).toEqual(['objectstorage:PutObject']);
  });

  test('stand under the prefix that the configuration names, and are listed without it', async () => {
    const store = open({ prefix: 'aws-1/' });
    await store.put(ENTRY);
    await open().put({ key: 'lockstep/orders/entries/1', body: 'x' });
    expect(stored(`aws-1/${ENTRY.key}`)).toBe(ENTRY.body);
    await expect(store.keys({ prefix: 'lockstep/', limit: 9 })).resolves.toEqual([ENTRY.key]);
  });

  test.each([
    ['who may not overwrite and is told so', LEAST],
    ['who is told that the key is taken', ALL],
  ])('may be there already, for %s', async (_, permissions) => {
    await server.close();
    server = await serve(permissions);
    await open().put(ENTRY);
    await expect(open().put(ENTRY)).resolves.toBeUndefined();
    expect(stored(ENTRY.key)).toBe(ENTRY.body);
  });

  test.each([LEAST, ALL])(
    'fail when another object stands there, and leave it (%#)',
    async (...permissions) => {
      await server.close();
      server = await serve(permissions);
      storage.put({ ...PLACE, object: ENTRY.key }, Buffer.from('of somebody else'));
      await expect(open().put(ENTRY)).rejects.toThrow(
        'copies in lockstep-audit: another object stands in the place of the copy lockstep/orders/entries/999999999998',
      );
      expect(stored(ENTRY.key)).toBe('of somebody else');
    },
  );

  test('are not taken for there by a longer key', async () => {
    storage.put({ ...PLACE, object: `${ENTRY.key}0` }, Buffer.from(ENTRY.body));
    faults.add({
      call: 'objectstorage:PutObject',
      fault: { kind: 'refuse', code: 'BucketNotFound' },
    });
    await expect(open().put(ENTRY)).rejects.toThrow('(PutObject 404 BucketNotFound)');
  });

  test.each(['loseRequest', 'loseReply', 'cut', 'throttle', 'refuse'] as const)(
    'are put again after a call that failed: %s',
    async (kind) => {
      faults.add({ call: 'objectstorage:PutObject', fault: { kind } });
      await open().put(ENTRY);
      expect(stored(ENTRY.key)).toBe(ENTRY.body);
    },
  );

  test('fail when three calls in a row get no answer', async () => {
    faults.add({ call: 'objectstorage:PutObject', fault: { kind: 'loseRequest' }, times: 9 });
    await expect(open().put(ENTRY)).rejects.toThrow(
      'OCI Object Storage gave no usable answer about lockstep/orders/entries/999999999998',
    );
    expect(faults.calls).toHaveLength(3);
  });

  test.each([
    ['nothing', [], 'ListObjects'],
    ['looking only', ['OBJECT_INSPECT'], 'PutObject'],
  ] as const)('fail when OCI permits %s, and say what to look at', async (_, permissions, call) => {
    await server.close();
    server = await serve(permissions);
    const put = open().put(ENTRY);
    await expect(put).rejects.toBeInstanceOf(AuditCopyError);
    await expect(put).rejects.toThrow(`(${call} 404 BucketNotFound)`);
    await expect(put).rejects.toThrow('that the policy is what "lockstep policy oci" prints');
  });

  test('fail when OCI does not know the key, and say so', async () => {
    const stranger = { ...key, fingerprint: '00:'.repeat(15) + '00' };
    const put = open({ access: accessOf(stranger) }).put(ENTRY);
    await expect(put).rejects.toThrow('(PutObject 401 NotAuthenticated)');
    await expect(put).rejects.toThrow('check how the mirror oci signs in to OCI, and the clock');
    expect(faults.calls).toEqual(['objectstorage:PutObject']);
  });

  test('are put with another key where OCI refuses one and there is one', async () => {
    const [refused, good] = [
      await accessOf({ ...key, fingerprint: '00:'.repeat(15) + '00' }).signingKey(),
      await accessOf(key).signingKey(),
    ];
    const access: OciAccess = {
      remedy: '',
      signingKey: () => Promise.resolve(refused),
      replace: () => Promise.resolve(good),
    };
    await open({ access }).put(ENTRY);
    expect(stored(ENTRY.key)).toBe(ENTRY.body);
  });

  test('fail in time when the key to sign with does not come', async () => {
    const access: OciAccess = {
      remedy: '',
      signingKey: () => new Promise(() => undefined),
      replace: () => Promise.resolve(undefined),
    };
    const budget = new TimeBudget(() => 600);
    await expect(open({ access, budget }).put(ENTRY)).rejects.toThrow(
      'OCI Object Storage gave no usable answer',
    );
    expect(faults.calls).toEqual([]);
  });

  test('are listed in the order of their keys, after one, up to a limit, across pages', async () => {
    for (const object of ['p/1', 'p/2', 'p/3', 'p/4', 'q']) {
      storage.put({ ...PLACE, object }, Buffer.from('x'));
    }
    const store = open();
    await expect(store.keys({ prefix: 'p/', limit: 9 })).resolves.toEqual([
      'p/1',
      'p/2',
      'p/3',
      'p/4',
    ]);
    await expect(store.keys({ prefix: 'p/', after: 'p/1', limit: 2 })).resolves.toEqual([
      'p/2',
      'p/3',
    ]);
    await expect(store.keys({ prefix: 'p/', after: 'p/4', limit: 2 })).resolves.toEqual([]);
  });

  test('fail to be listed when the answer is none of OCI', async () => {
    await server.close();
    server = await serve([]);
    await expect(open().keys({ prefix: 'p/', limit: 9 })).rejects.toThrow(
      '(ListObjects 404 BucketNotFound)',
    );
  });
});
