import type { AuditStore } from '../../lambda/ports/audit-store.ts';
import { FaultPlan, type Fault } from '../../local/faults.ts';

export interface AuditStoreUnderTest {
  readonly store: AuditStore;
  /** Puts objects there by another way than the port. */
  seed(keys: readonly string[]): void;
  close(): Promise<void>;
}

type FaultKind = Exclude<Fault['kind'], 'delay' | 'hang'>;
const WITHOUT_EFFECT: readonly FaultKind[] = ['refuse', 'throttle', 'loseRequest'];
const WITH_EFFECT: readonly FaultKind[] = ['loseReply', 'cut'];
/** More than any client repeats a call. */
const ALWAYS = 100;

/** What every AuditStore promises. `open` gives an empty one whose calls suffer the faults. */
export function describeAuditStoreContract(
  name: string,
  open: (faults: FaultPlan) => Promise<AuditStoreUnderTest>,
): void {
  describe(`audit store: ${name}`, () => {
    let faults: FaultPlan;
    let opened: AuditStoreUnderTest;
    let store: AuditStore;

    beforeEach(async () => {
      faults = new FaultPlan();
      opened = await open(faults);
      store = opened.store;
    });

    afterEach(async () => {
      await opened.close();
    });

    const strike = (call: string, kind: FaultKind): void => {
      faults.add({ call, fault: { kind }, times: ALWAYS });
    };

    test('reads back what was written, byte for byte', async () => {
      const object = { key: 'a/entries/1', body: '{"subject":"ä € 😀 \\u0000"}\n' };
      await expect(store.write(object)).resolves.toBe('written');
      await expect(store.read('a/entries/1')).resolves.toEqual(object);
    });

    test('reads nothing where nothing was written', async () => {
      await store.write({ key: 'a/entries/10', body: 'ten' });
      await expect(store.read('a/entries/1')).resolves.toBeUndefined();
    });

    test('keeps the first object of a key, even against one that says the same', async () => {
      await store.write({ key: 'a/1', body: 'first' });
      await expect(store.write({ key: 'a/1', body: 'second' })).resolves.toBe('exists');
      await expect(store.write({ key: 'a/1', body: 'first' })).resolves.toBe('exists');
      await expect(store.read('a/1')).resolves.toEqual({ key: 'a/1', body: 'first' });
    });

    test('lets one of many writers at once have a key', async () => {
      const bodies = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const outcomes = await Promise.all(bodies.map((body) => store.write({ key: 'a/1', body })));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      const winner = bodies[outcomes.indexOf('written')];
      await expect(store.read('a/1')).resolves.toEqual({ key: 'a/1', body: winner });
    });

    test('lists a key as soon as it is written', async () => {
      await store.write({ key: 'a/1', body: 'one' });
      await expect(store.keys({ prefix: 'a/', limit: 1 })).resolves.toEqual(['a/1']);
    });

    test('lists the keys of a prefix by their bytes', async () => {
      opened.seed(['a/2', 'b/1', 'a/10', 'a/\u{1F600}', 'a/\uFB00', 'a/Z', 'a/a', 'a', 'aa/1']);
      await expect(store.keys({ prefix: 'a/', limit: 100 })).resolves.toEqual([
        'a/10',
        'a/2',
        'a/Z',
        'a/a',
        'a/\uFB00',
        'a/\u{1F600}',
      ]);
    });

    test('lists keys behind another one, which need not exist', async () => {
      opened.seed(['a/1', 'a/2', 'a/3', 'a/4']);
      const range = { prefix: 'a/', limit: 2 };
      await expect(store.keys({ ...range, after: 'a/2' })).resolves.toEqual(['a/3', 'a/4']);
      await expect(store.keys({ ...range, after: 'a/15' })).resolves.toEqual(['a/2', 'a/3']);
      await expect(store.keys({ ...range, after: 'a/4' })).resolves.toEqual([]);
    });

    test('lists as many as asked for, more than a page of S3', async () => {
      opened.seed(Array.from({ length: 1_200 }, (_, at) => `a/${String(at).padStart(4, '0')}`));
      const keys = await store.keys({ prefix: 'a/', limit: 1_100 });
      expect(keys).toHaveLength(1_100);
      expect(keys[1_099]).toBe('a/1099');
    });

    test('lists nothing under a prefix that has nothing', async () => {
      await expect(store.keys({ prefix: 'a/', limit: 10 })).resolves.toEqual([]);
    });

    test.each(WITHOUT_EFFECT)('fails when a write is not made (%s)', async (kind) => {
      strike('s3:PutObject', kind);
      await expect(store.write({ key: 'a/1', body: 'one' })).rejects.toMatchObject({
        name: 'AuditError',
      });
      await expect(store.read('a/1')).resolves.toBeUndefined();
    });

    test.each(WITH_EFFECT)(
      'fails when the answer to a write is lost (%s), and the object stays',
      async (kind) => {
        strike('s3:PutObject', kind);
        await expect(store.write({ key: 'a/1', body: 'one' })).rejects.toMatchObject({
          name: 'AuditError',
        });
        await expect(store.read('a/1')).resolves.toEqual({ key: 'a/1', body: 'one' });
      },
    );

    test.each([...WITHOUT_EFFECT, ...WITH_EFFECT])('fails when a read fails (%s)', async (kind) => {
      opened.seed(['a/1']);
      strike('s3:GetObject', kind);
      await expect(store.read('a/1')).rejects.toMatchObject({ name: 'AuditError' });
    });

    test.each([...WITHOUT_EFFECT, ...WITH_EFFECT])('fails when a list fails (%s)', async (kind) => {
      opened.seed(['a/1']);
      strike('s3:ListObjectsV2', kind);
      await expect(store.keys({ prefix: 'a/', limit: 1 })).rejects.toMatchObject({
        name: 'AuditError',
      });
    });
  });
}
