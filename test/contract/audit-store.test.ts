import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeS3Client } from '../../lambda/adapters/audit-clients.ts';
import { S3AuditStore } from '../../lambda/adapters/s3-audit-store.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { FaultPlan } from '../../local/faults.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { describeAuditStoreContract } from './audit-store-contract.ts';
import { BUCKET, openS3, setStandInCredentials, type S3UnderTest } from './audit-stand-ins.ts';

beforeAll(setStandInCredentials);

describeAuditStoreContract('memory', (faults) => {
  const store = new MemoryAuditStore({ faults });
  return Promise.resolve({
    store,
    seed: (keys) => {
      for (const key of keys) store.tamper(key, 'seeded');
    },
    close: () => Promise.resolve(),
  });
});

describeAuditStoreContract('S3', (faults) => openS3(faults, { isRepeating: false }));

describe('S3 audit store', () => {
  let faults: FaultPlan;
  let opened: S3UnderTest | undefined;

  const open = async (remainingMs?: number): Promise<S3UnderTest> => {
    opened = await openS3(faults, remainingMs === undefined ? {} : { remainingMs });
    return opened;
  };

  beforeEach(() => {
    faults = new FaultPlan();
  });

  afterEach(async () => {
    await opened?.close();
  });

  test('writes JSON that the bucket keeps under its lock', async () => {
    const { store, objects } = await open();
    await store.write({ key: 'a/1', body: '{}\n' });
    expect(objects.get(BUCKET, 'a/1')).toMatchObject({
      headers: { 'content-type': 'application/json' },
      retainUntil: Date.UTC(2027, 10, 20),
    });
  });

  test('finds the key taken when its own write is repeated after a lost answer', async () => {
    const { store, objects } = await open();
    faults.add({ call: 's3:PutObject', fault: { kind: 'loseReply' } });
    await expect(store.write({ key: 'a/1', body: 'one' })).resolves.toBe('exists');
    expect(objects.versions(BUCKET, 'a/1')[0]).toHaveLength(1);
  });

  test('repeats a write that S3 calls a conflict, and gives up in the end', async () => {
    const { store } = await open();
    const fault = { kind: 'refuse', code: 'ConditionalRequestConflict' } as const;
    faults.add({ call: 's3:PutObject', fault, times: 3 });
    await expect(store.write({ key: 'a/1', body: 'one' })).resolves.toBe('written');
    faults.add({ call: 's3:PutObject', fault, times: 4 });
    await expect(store.write({ key: 'a/2', body: 'two' })).rejects.toThrow(
      /ConditionalRequestConflict/,
    );
  });

  test('reads nothing under a delete marker, and can write there again', async () => {
    const { store, objects } = await open();
    await store.write({ key: 'a/1', body: 'one' });
    objects.delete(BUCKET, 'a/1');
    await expect(store.read('a/1')).resolves.toBeUndefined();
    await expect(store.keys({ prefix: 'a/', limit: 1 })).resolves.toEqual([]);
    await expect(store.write({ key: 'a/1', body: 'two' })).resolves.toBe('written');
  });

  test('fails when the bucket does not exist, also for a read', async () => {
    const { store } = await open();
    faults.add({ call: 's3:GetObject', fault: { kind: 'refuse', code: 'NoSuchBucket' } });
    await expect(store.read('a/1')).rejects.toMatchObject({ name: 'AuditError' });
  });

  test('fails when the role may not, and says what it needs', async () => {
    const { store } = await open();
    faults.add({ call: 's3:PutObject', fault: { kind: 'refuse', code: 'AccessDenied' } });
    await expect(store.write({ key: 'a/1', body: 'one' })).rejects.toMatchObject({
      name: 'AuditError',
      subject: 'audit trail',
      message: expect.stringContaining('s3://audit-trail/a/1 (AccessDenied)') as unknown,
      remedy:
        "give the function's role s3:PutObject, s3:GetObject and s3:ListBucket on the trail's prefix of audit-trail",
    });
  });

  test('fails when an object is larger than an entry can be, without reading it', async () => {
    const { store, objects } = await open();
    const bytes = Buffer.alloc(64 * 1024 + 1, 'x');
    objects.put(BUCKET, 'a/1', { bytes, checksum: undefined, headers: {} });
    await expect(store.read('a/1')).rejects.toMatchObject({
      name: 'AuditError',
      subject: 'a/1',
      message: expect.stringContaining('has 65537 bytes, an entry at most 65536') as unknown,
    });
  });

  test.each(['s3:PutObject', 's3:GetObject', 's3:ListObjectsV2'])(
    'fails when %s hangs for longer than the time that is left',
    async (call) => {
      const { store } = await open(390);
      faults.add({ call, fault: { kind: 'hang' }, times: 100 });
      const verbs: Record<string, () => Promise<unknown>> = {
        's3:PutObject': () => store.write({ key: 'a/1', body: 'one' }),
        's3:GetObject': () => store.read('a/1'),
        's3:ListObjectsV2': () => store.keys({ prefix: 'a/', limit: 1 }),
      };
      await expect(verbs[call]?.()).rejects.toMatchObject({
        name: 'AuditError',
        remedy:
          'wait for the retry; if it happens again, check the way from the function to the service, and its credentials',
      });
    },
  );

  test('fails when an answer begins in time and does not end', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = makeS3Client({ AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` });
    const store = new S3AuditStore({
      client,
      bucket: BUCKET,
      budget: new TimeBudget(() => 390),
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      redactor: new Redactor(),
    });
    await expect(store.read('a/1')).rejects.toMatchObject({ name: 'AuditError' });
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('fails when no time is left, without a call', async () => {
    const { store } = await open(100);
    await expect(store.write({ key: 'a/1', body: 'one' })).rejects.toMatchObject({
      name: 'AuditError',
      remedy: expect.stringContaining('timeoutSeconds') as unknown,
    });
    expect(faults.calls).toEqual([]);
  });

  test('tells nothing secret in its errors', async () => {
    const { store, redactor } = await open();
    redactor.add('hunter-of-the-test');
    const message = 'denied for hunter-of-the-test';
    faults.add({ call: 's3:GetObject', fault: { kind: 'refuse', code: 'AccessDenied', message } });
    await expect(store.read('a/1')).rejects.toMatchObject({
      cause: { message: 'denied for [redacted]' },
    });
  });
});

describe('the client', () => {
  test('puts the bucket into the path only where the endpoint is overridden', async () => {
    const away = makeS3Client({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    const home = makeS3Client({});
    expect(away.config.forcePathStyle).toBe(true);
    expect(home.config.forcePathStyle).not.toBe(true);
    await expect(away.config.endpoint?.()).resolves.toMatchObject({ port: 1 });
  });

  test('fails when the endpoint is plain http beyond the loopback address', () => {
    expect(() => makeS3Client({ AWS_ENDPOINT_URL_S3: 'http://s3.example' })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError' }) as Error,
    );
  });
});
