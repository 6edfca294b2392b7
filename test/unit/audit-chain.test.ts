import { createSecretKey } from 'node:crypto';
import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import { verifyChain } from '../../lambda/audit/chain.ts';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import { isMacOf } from '../../lambda/audit/mac.ts';
import { objectKey } from '../../lambda/audit/object-key.ts';
import { FaultPlan } from '../../local/faults.ts';
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

const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
const at = (sequence: number): string => objectKey(PREFIX, sequence);

async function verify(
  store: MemoryAuditStore,
  expectations: { readonly promotedVersionIds?: string[]; readonly rotation?: string } = {},
): Promise<ChainReport> {
  return await verifyTrail({ store, key, prefix: PREFIX, ...expectations });
}

const found = ({ findings }: ChainReport): [string, number | undefined][] =>
  findings.map(({ kind, sequence }) => [kind, sequence]);

async function bodyOf(store: MemoryAuditStore, sequence: number): Promise<string> {
  const object = await store.read(at(sequence));
  if (object === undefined) throw new Error(`expected an entry ${sequence}`);
  return object.body;
}

describe('an untouched trail', () => {
  test('is intact, and says how many entries it has and which is the newest', async () => {
    const store = await storeWith(20);
    const report = await verify(store, { rotation: 'orders' });
    const newest = JSON.parse(await bodyOf(store, 20)) as { mac: string };
    expect(report).toEqual({
      isIntact: true,
      entryCount: 20,
      tip: { sequence: 20, mac: newest.mac },
      findings: [],
      findingCount: 0,
      notices: [],
      noticeCount: 0,
    });
  });

  test('is intact when it is empty', async () => {
    const report = await verify(new MemoryAuditStore());
    expect(report).toMatchObject({ isIntact: true, entryCount: 0, tip: { sequence: 0 } });
  });

  test('of the vectors is intact, signed by two versions of the key', async () => {
    const { keys, entries } = readVectors();
    const objects = entries.map(({ objectKey: key, body }) => ({ key, body }));
    const report = await verifyChain(
      objects,
      (message, mac) => {
        const text = keys[mac.keyVersion];
        if (text === undefined) return Promise.resolve('unknown-key');
        const isAuthentic = isMacOf(createSecretKey(text, 'utf8'), { message, mac: mac.value });
        return Promise.resolve(isAuthentic ? 'authentic' : 'forged');
      },
      {
        prefix: 'orders/',
        rotation: 'orders',
        promotedVersionIds: ['11111111-2222-4333-8444-555555555555'],
      },
    );
    expect(report).toMatchObject({ isIntact: true, entryCount: 3, tip: { sequence: 3 } });
  });

  test('stays intact when the key gets a new version', async () => {
    const store = await storeWith(3);
    const rotated = new MemoryAuditKey({ versions: [FIRST_KEY, SECOND_KEY] });
    await makeTrail({ store, key: rotated }).trail.append({ event: 'proven', subject: 'orders' });
    expect(await bodyOf(store, 3)).toContain('"keyVersion":"memory:1"');
    expect(await bodyOf(store, 4)).toContain('"keyVersion":"memory:2"');
    const report = await verifyTrail({ store, key: rotated, prefix: PREFIX });
    expect(report).toMatchObject({ isIntact: true, entryCount: 4 });
  });
});

describe('verification finds', () => {
  test.each([
    ['another subject', '"subject":"database-3"', '"subject":"database-4"'],
    ['another event', '"event":"proven"', '"event":"changed"'],
    ['another time', '10:00:00.000Z', '10:00:00.001Z'],
    ['another request', '"requestId":"request-1"', '"requestId":"request-2"'],
  ])('an entry altered to %s', async (_, from, to) => {
    const store = await storeWith(5);
    const altered = (await bodyOf(store, 3)).replace(from, to);
    store.tamper(at(3), altered);
    expect(found(await verify(store))).toEqual([['altered', 3]]);
  });

  test('any single bit flipped in a stored entry', async () => {
    const store = await storeWith(1);
    const bytes = Buffer.from(await bodyOf(store, 1));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      store.tamper(at(1), flipped.toString('utf8'));
      const { isIntact } = await verify(store);
      if (isIntact) throw new Error(`bit ${bit} can be flipped unseen`);
    }
  });

  test('a removed entry', async () => {
    const store = await storeWith(5);
    store.tamper(at(3), undefined);
    const report = await verify(store);
    expect(report.isIntact).toBe(false);
    expect(report.findings).toEqual([
      { kind: 'missing', sequence: 3, message: 'there is no entry 3' },
    ]);
  });

  test('removed entries in a row, the first one included', async () => {
    const store = await storeWith(5);
    for (const sequence of [1, 2, 3]) store.tamper(at(sequence), undefined);
    expect((await verify(store)).findings).toEqual([
      { kind: 'missing', sequence: 1, message: 'there is no entry 1 to 3' },
    ]);
  });

  test('an entry inserted under a sequence far ahead, without walking there', async () => {
    const store = await storeWith(2);
    store.tamper(at(999_999_999_999), await bodyOf(store, 2));
    expect(found(await verify(store))).toEqual([
      ['missing', 3],
      ['misplaced', 999_999_999_999],
    ]);
  });

  test('a genuine entry repeated at the end', async () => {
    const store = await storeWith(3);
    store.tamper(at(4), await bodyOf(store, 3));
    expect(found(await verify(store))).toEqual([['misplaced', 4]]);
  });

  test('two entries exchanged', async () => {
    const store = await storeWith(5);
    const [third, fourth] = [await bodyOf(store, 3), await bodyOf(store, 4)];
    store.tamper(at(3), fourth);
    store.tamper(at(4), third);
    expect(found(await verify(store))).toEqual([
      ['misplaced', 3],
      ['misplaced', 4],
    ]);
  });

  test('a removed entry whose followers were moved up', async () => {
    const store = await storeWith(4);
    store.tamper(at(2), await bodyOf(store, 3));
    store.tamper(at(3), await bodyOf(store, 4));
    store.tamper(at(4), undefined);
    expect(found(await verify(store))).toEqual([
      ['misplaced', 2],
      ['misplaced', 3],
    ]);
  });

  test('an entry taken from another trail of the same key', async () => {
    const store = await storeWith(4);
    const { store: other, trail } = makeTrail();
    for (const subject of ['a', 'b', 'c']) await trail.append({ event: 'changed', subject });
    store.tamper(at(3), await bodyOf(other, 3));
    expect(found(await verify(store))).toEqual([
      ['broken-link', 3],
      ['broken-link', 4],
    ]);
  });

  test('a whole trail taken from another rotation of the same key', async () => {
    const { store, trail } = makeTrail({ context: { ...CONTEXT, rotation: 'invoices' } });
    await trail.append({ event: 'promoted', subject: 'secrets-manager' });
    const report = await verify(store, {
      rotation: 'orders',
      promotedVersionIds: [CONTEXT.versionId],
    });
    expect(found(report)).toEqual([
      ['other-rotation', 1],
      ['unrecorded-promotion', undefined],
    ]);
  });

  test('an entry under a version of the key that does not exist', async () => {
    const store = await storeWith(3);
    store.tamper(at(2), (await bodyOf(store, 2)).replace('"memory:1"', '"memory:9"'));
    expect((await verify(store)).findings).toEqual([
      { kind: 'unknown-key', sequence: 2, message: 'the key version memory:9 is not known' },
    ]);
  });

  test('an entry signed with another key', async () => {
    const forger = new MemoryAuditKey({ versions: [SECOND_KEY] });
    const { store, trail } = makeTrail({ key: forger });
    await trail.append({ event: 'promoted', subject: 'secrets-manager' });
    const report = await verify(store, { promotedVersionIds: [CONTEXT.versionId] });
    expect(found(report)).toEqual([
      ['altered', 1],
      ['unrecorded-promotion', undefined],
    ]);
  });

  test('text that is no entry, and goes on behind it', async () => {
    const store = await storeWith(4);
    store.tamper(at(2), 'nothing');
    store.tamper(at(4), (await bodyOf(store, 4)).replace('database-4', 'database-5'));
    expect(found(await verify(store))).toEqual([
      ['malformed', 2],
      ['altered', 4],
    ]);
  });

  test('objects that are no entries, before and behind them in the list', async () => {
    const store = await storeWith(2);
    store.tamper('orders/entries/!', 'x');
    store.tamper('orders/entries/zzz', 'x');
    expect((await verify(store)).findings).toEqual([
      {
        kind: 'stray',
        sequence: undefined,
        message: 'orders/entries/! is not the key of an entry',
      },
      {
        kind: 'stray',
        sequence: undefined,
        message: 'orders/entries/zzz is not the key of an entry',
      },
    ]);
  });

  test('entries that come in another order than their keys', async () => {
    const objects = [...(await storeWith(3)).objects];
    const report = await verifyChain(objects, (message, mac) => key.verify(message, mac), {
      prefix: PREFIX,
    });
    expect(found(report)).toEqual([
      ['missing', 1],
      ['out-of-order', 2],
      ['out-of-order', 1],
    ]);
  });

  test('an entry of a sequence that was there before', async () => {
    const [first] = (await storeWith(1)).objects;
    if (first === undefined) throw new Error('expected an entry');
    const report = await verifyChain([first, first], (message, mac) => key.verify(message, mac), {
      prefix: PREFIX,
    });
    expect(found(report)).toEqual([['out-of-order', 1]]);
  });

  test('more than it keeps, and counts the rest', async () => {
    const store = new MemoryAuditStore();
    for (let sequence = 1; sequence <= 1_001; sequence += 1) store.tamper(at(sequence), 'x');
    const report = await verify(store);
    expect(report.findings).toHaveLength(1_000);
    expect(report).toMatchObject({ isIntact: false, findingCount: 1_001, entryCount: 1_001 });
  });
});

test('verification fails when the trail cannot be read', async () => {
  const faults = new FaultPlan().add({ call: 's3:GetObject', fault: { kind: 'refuse' } });
  const { store, trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
  await trail.append({ event: 'proven', subject: 'orders' });
  await expect(verify(store)).rejects.toMatchObject({ name: 'AuditError' });
});
