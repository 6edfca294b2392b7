import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { AuditTip } from '../../lambda/adapters/audit-trail.ts';
import { Password } from '../../lambda/domain/password.ts';
import { FaultPlan, type Fault } from '../../local/faults.ts';
import { MemoryAuditKey } from '../../local/memory/audit-key.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import {
  CONTEXT,
  FIRST_KEY,
  makeTrail,
  PREFIX,
  readVectors,
  SECOND_KEY,
  storeWith,
} from './audit-fixture.ts';

const subjectsOf = ({ objects }: MemoryAuditStore): string[] =>
  objects.map(({ body }) => (JSON.parse(body) as { subject: string }).subject).reverse();

async function isIntact(store: MemoryAuditStore): Promise<boolean> {
  const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
  return (await verifyTrail({ store, key, prefix: PREFIX })).isIntact;
}

function storeUnder(call: string, kind: Exclude<Fault['kind'], 'delay'>): MemoryAuditStore {
  return new MemoryAuditStore({ faults: new FaultPlan().add({ call, fault: { kind } }) });
}

describe('an entry', () => {
  test('says who, what, when and where, with a fingerprint for the credential', async () => {
    const [vector] = readVectors().fingerprints;
    if (vector === undefined) throw new Error('expected a vector');
    const key = new MemoryAuditKey({ versions: [readVectors().keys['ssm:1'] ?? ''] });
    const { store, trail } = makeTrail({ key });
    await trail.append({
      event: 'change-failed',
      subject: 'orders-rds',
      error: 'DatabaseUnreachableError',
      credential: { username: vector.username, password: new Password(vector.password) },
    });
    const [object] = store.objects;
    expect(object?.key).toBe('orders/entries/999999999998');
    expect(JSON.parse(object?.body ?? '')).toEqual({
      v: 1,
      sequence: 1,
      previous: 'lockstep/audit/v1/genesis',
      time: '2026-11-20T10:00:00.000Z',
      rotation: 'orders',
      secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf',
      versionId: '11111111-2222-4333-8444-555555555555',
      step: 'setSecret',
      requestId: 'request-1',
      functionVersion: '7',
      event: 'change-failed',
      subject: 'orders-rds',
      error: 'DatabaseUnreachableError',
      fingerprint: '38565825f84fb9b6217b77dae793353a',
      keyVersion: 'memory:1',
      mac: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    expect(object?.body).not.toContain('first-password');
  });

  test('fails when it does not fit its format, and nothing is written', async () => {
    const { store, trail } = makeTrail();
    await expect(trail.append({ event: 'staged', subject: '' })).rejects.toMatchObject({
      name: 'AuditError',
      message: expect.stringContaining('subject') as unknown,
    });
    expect(store.objects).toEqual([]);
  });
});

describe('the tip', () => {
  test('is read once; every further entry costs one write', async () => {
    const faults = new FaultPlan();
    const { trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
    for (const subject of ['a', 'b', 'c']) await trail.append({ event: 'staged', subject });
    expect(faults.calls).toEqual([
      's3:ListObjectsV2',
      's3:PutObject',
      's3:PutObject',
      's3:PutObject',
    ]);
  });

  test('outlives the invocation', async () => {
    const faults = new FaultPlan();
    const store = new MemoryAuditStore({ faults });
    const tip: AuditTip = { link: undefined };
    await makeTrail({ store, tip }).trail.append({ event: 'staged', subject: 'a' });
    await makeTrail({ store, tip }).trail.append({ event: 'staged', subject: 'b' });
    expect(faults.calls.filter((call) => call === 's3:ListObjectsV2')).toHaveLength(1);
    expect(await isIntact(store)).toBe(true);
  });

  test('that is behind is read anew', async () => {
    const store = new MemoryAuditStore();
    const { trail } = makeTrail({ store });
    await trail.append({ event: 'staged', subject: 'a' });
    const other = makeTrail({ store, context: { ...CONTEXT, requestId: 'request-2' } });
    for (const subject of ['b', 'c', 'd']) {
      await other.trail.append({ event: 'staged', subject });
    }
    await trail.append({ event: 'staged', subject: 'e' });
    expect(subjectsOf(store)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await isIntact(store)).toBe(true);
  });

  test.each([
    ['is altered', (body: string) => body.replace('database-3', 'database-4'), /does not belong/],
    ['is no entry', () => 'x', /is no entry/],
    ['names no known key', (body: string) => body.replace('memory:1', 'memory:2'), /memory:2/],
  ])('fails when the newest entry %s', async (_, forge, message) => {
    const store = await storeWith(3);
    const [newest] = store.objects;
    if (newest === undefined) throw new Error('expected an entry');
    store.tamper(newest.key, forge(newest.body));
    await expect(
      makeTrail({ store }).trail.append({ event: 'staged', subject: 'a' }),
    ).rejects.toMatchObject({
      name: 'AuditError',
      subject: 'orders/entries/999999999996',
      message: expect.stringMatching(message) as unknown,
    });
    expect(store.objects).toHaveLength(3);
  });

  test('fails when the newest entry was signed with another key', async () => {
    const { store, trail } = makeTrail({ key: new MemoryAuditKey({ versions: [SECOND_KEY] }) });
    await trail.append({ event: 'staged', subject: 'a' });
    await expect(
      makeTrail({ store }).trail.append({ event: 'staged', subject: 'b' }),
    ).rejects.toMatchObject({ name: 'AuditError' });
  });

  test('fails when a genuine entry stands in the place of the newest', async () => {
    const store = await storeWith(3);
    const oldest = store.objects.at(-1);
    store.tamper('orders/entries/999999999990', oldest?.body);
    await expect(
      makeTrail({ store }).trail.append({ event: 'staged', subject: 'a' }),
    ).rejects.toThrow(/holds an entry of another sequence/);
  });

  test('fails when the trail is of another rotation', async () => {
    const store = await storeWith(1);
    const { trail } = makeTrail({ store, context: { ...CONTEXT, rotation: 'invoices' } });
    await expect(trail.append({ event: 'staged', subject: 'a' })).rejects.toThrow(
      /was made by the rotation orders/,
    );
  });

  test('fails when an object that is no entry is listed first', async () => {
    const store = await storeWith(1);
    store.tamper('orders/entries/!', store.objects[0]?.body);
    await expect(
      makeTrail({ store }).trail.append({ event: 'staged', subject: 'a' }),
    ).rejects.toThrow(/orders\/entries\/!/);
  });
});

describe('a write', () => {
  test.each(['loseReply', 'cut'] as const)(
    'whose answer is lost (%s) is found and not repeated',
    async (kind) => {
      const { store, trail } = makeTrail({ store: storeUnder('s3:PutObject', kind) });
      await trail.append({ event: 'staged', subject: 'a' });
      await trail.append({ event: 'staged', subject: 'b' });
      expect(subjectsOf(store)).toEqual(['a', 'b']);
      expect(await isIntact(store)).toBe(true);
    },
  );

  test('that the client repeated after a lost answer is not doubled', async () => {
    const store = new MemoryAuditStore();
    // As the SDK does it: the first request took effect, its repetition finds the key taken.
    const repeating = {
      keys: store.keys.bind(store),
      read: store.read.bind(store),
      write: async (object: { key: string; body: string }): Promise<'written' | 'exists'> => {
        await store.write(object);
        return await store.write(object);
      },
    };
    const { trail } = makeTrail({ store: repeating });
    await trail.append({ event: 'staged', subject: 'a' });
    await trail.append({ event: 'staged', subject: 'b' });
    expect(subjectsOf(store)).toEqual(['a', 'b']);
    expect(await isIntact(store)).toBe(true);
  });

  test.each(['refuse', 'throttle', 'loseRequest', 'hang'] as const)(
    'fails when it did not happen (%s), and the next entry takes its place',
    async (kind) => {
      const { store, trail } = makeTrail({ store: storeUnder('s3:PutObject', kind) });
      await expect(trail.append({ event: 'staged', subject: 'a' })).rejects.toMatchObject({
        name: 'AuditError',
        retryability: 'retryable',
      });
      await trail.append({ event: 'staged', subject: 'b' });
      expect(subjectsOf(store)).toEqual(['b']);
      expect(await isIntact(store)).toBe(true);
    },
  );

  test('fails when it is not known whether it happened, and is never doubled afterwards', async () => {
    const faults = new FaultPlan()
      .add({ call: 's3:PutObject', fault: { kind: 'loseReply' } })
      .add({ call: 's3:GetObject', fault: { kind: 'loseRequest' } });
    const { store, trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
    await expect(trail.append({ event: 'staged', subject: 'a' })).rejects.toThrow(
      's3:PutObject failed (loseReply)',
    );
    const callsBefore = faults.calls.length;
    await trail.append({ event: 'staged', subject: 'b' });
    // What was cached is no longer trusted.
    expect(faults.calls.slice(callsBefore)).toEqual([
      's3:ListObjectsV2',
      's3:GetObject',
      's3:PutObject',
    ]);
    expect(subjectsOf(store)).toEqual(['a', 'b']);
    expect(await isIntact(store)).toBe(true);
  });

  test('fails when others take the next sequence again and again', async () => {
    const store = new MemoryAuditStore();
    const others = makeTrail({ store, context: { ...CONTEXT, requestId: 'request-2' } });
    let othersCount = 0;
    const crowded = {
      keys: store.keys.bind(store),
      read: store.read.bind(store),
      write: async (object: { key: string; body: string }): Promise<'written' | 'exists'> => {
        othersCount += 1;
        await others.trail.append({ event: 'staged', subject: 'others' });
        return await store.write(object);
      },
    };
    const { trail } = makeTrail({ store: crowded });
    await expect(trail.append({ event: 'staged', subject: 'a' })).rejects.toThrow(
      /took the next sequence 50 times in a row/,
    );
    expect(othersCount).toBe(50);
    expect(await isIntact(store)).toBe(true);
  });
});

test.each(['s3:ListObjectsV2', 's3:GetObject', 'ssm:GetParameter'])(
  'fails when %s does not answer, and the next attempt goes on',
  async (call) => {
    const seeded = await storeWith(2);
    const faults = new FaultPlan().add({ call, fault: { kind: 'loseRequest' } });
    const store = new MemoryAuditStore({ faults });
    for (const { key, body } of seeded.objects) store.tamper(key, body);
    const key = new MemoryAuditKey({ versions: [FIRST_KEY], faults });
    const { trail } = makeTrail({ store, key });
    await expect(trail.append({ event: 'staged', subject: 'a' })).rejects.toMatchObject({
      name: 'AuditError',
    });
    await trail.append({ event: 'staged', subject: 'b' });
    expect(subjectsOf(store)).toEqual(['database-1', 'database-2', 'b']);
  },
);

describe('appends of one invocation', () => {
  test('that are made side by side are kept in the order they were made', async () => {
    const faults = new FaultPlan();
    const { store, trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
    const subjects = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(subjects.map((subject) => trail.append({ event: 'staged', subject })));
    expect(subjectsOf(store)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    // None got into another's way.
    expect(faults.calls.filter((call) => call === 's3:PutObject')).toHaveLength(6);
    expect(await isIntact(store)).toBe(true);
  });

  test('go on behind one that fails', async () => {
    const { store, trail } = makeTrail({ store: storeUnder('s3:PutObject', 'refuse') });
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((subject) => trail.append({ event: 'staged', subject })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(subjectsOf(store)).toEqual(['b', 'c']);
  });
});
