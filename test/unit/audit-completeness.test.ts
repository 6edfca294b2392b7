import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import { objectKey } from '../../lambda/audit/object-key.ts';
import type { AuditEvent } from '../../lambda/domain/audit-event.ts';
import { MemoryAuditKey } from '../../local/memory/audit-key.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { CONTEXT, FIRST_KEY, makeTrail, PREFIX } from './audit-fixture.ts';

async function verify(
  store: MemoryAuditStore,
  promotedVersionIds: readonly string[] = [],
): Promise<ChainReport> {
  const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
  return await verifyTrail({ store, key, prefix: PREFIX, promotedVersionIds });
}

describe('a cut-off tail', () => {
  async function promoted(versionIds: readonly string[]): Promise<MemoryAuditStore> {
    const store = new MemoryAuditStore();
    for (const versionId of versionIds) {
      const { trail } = makeTrail({ store, context: { ...CONTEXT, versionId } });
      await trail.append({ event: 'promoted', subject: 'secrets-manager' });
    }
    return store;
  }

  test('is found by a promoted version without its entry', async () => {
    const store = await promoted(['version-1', 'version-2']);
    expect(await verify(store, ['version-1', 'version-2'])).toMatchObject({
      isIntact: true,
    });
    store.tamper(objectKey(PREFIX, 2), undefined);
    const report = await verify(store, ['version-1', 'version-2']);
    expect(report.isIntact).toBe(false);
    expect(report.findings).toEqual([
      {
        kind: 'unrecorded-promotion',
        sequence: undefined,
        message: 'no entry says that version-2 was promoted',
      },
    ]);
  });

  test('is found behind the promotion in a mirror', async () => {
    const { store, trail } = makeTrail();
    await trail.append({ event: 'promoted', subject: 'oci-vault' });
    const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
    const expected = { promotedVersionIds: [CONTEXT.versionId], promotedBy: 'secrets-manager' };
    const verifyIt = (): Promise<ChainReport> =>
      verifyTrail({ store, key, prefix: PREFIX, ...expected });
    expect(await verifyIt()).toMatchObject({ isIntact: false, findingCount: 1 });
    await trail.append({ event: 'promoted', subject: 'secrets-manager' });
    expect(await verifyIt()).toMatchObject({ isIntact: true });
  });

  test('is not covered up by an altered entry', async () => {
    const store = await promoted(['version-1']);
    const [only] = store.objects;
    if (only === undefined) throw new Error('expected an entry');
    store.tamper(only.key, only.body.replace('version-1', 'version-2'));
    const report = await verify(store, ['version-2']);
    expect(report.findings.map(({ kind }) => kind)).toEqual(['altered', 'unrecorded-promotion']);
  });
});

describe('an intent', () => {
  async function noticesOf(...events: (AuditEvent & { readonly version?: string })[]): Promise<{
    readonly isIntact: boolean;
    readonly sequences: readonly (number | undefined)[];
  }> {
    const store = new MemoryAuditStore();
    for (const { version = 'version-1', ...event } of events) {
      const context = { ...CONTEXT, versionId: version };
      await makeTrail({ store, context }).trail.append(event);
    }
    const { isIntact, notices } = await verify(store);
    const interrupted = notices.filter(({ kind }) => kind === 'interrupted');
    return { isIntact, sequences: interrupted.map(({ sequence }) => sequence) };
  }

  test.each(['changed', 'change-failed', 'restored', 'restore-failed', 'proven'] as const)(
    'is settled by %s',
    async (event) => {
      const intent = { event: 'change-intended', subject: 'rds' } as const;
      const { sequences } = await noticesOf(intent, { event, subject: 'rds' });
      expect(sequences).toEqual([]);
    },
  );

  test('without an outcome is a notice, not a finding', async () => {
    const intent = { event: 'change-intended', subject: 'rds' } as const;
    expect(await noticesOf(intent)).toEqual({ isIntact: true, sequences: [1] });
  });

  test('is not settled by another database, another version or another event', async () => {
    const { sequences } = await noticesOf(
      { event: 'change-intended', subject: 'rds' },
      { event: 'changed', subject: 'adb' },
      { event: 'changed', subject: 'rds', version: 'version-2' },
      { event: 'step-failed', subject: 'rds', error: 'DatabaseUnreachableError' },
    );
    expect(sequences).toEqual([1]);
  });

  test('stays a notice when a later attempt intends the change again', async () => {
    const { sequences } = await noticesOf(
      { event: 'change-intended', subject: 'rds' },
      { event: 'change-intended', subject: 'adb' },
      { event: 'change-intended', subject: 'rds' },
      { event: 'changed', subject: 'rds' },
    );
    expect(sequences).toEqual([1, 2]);
  });
});

describe('a gap', () => {
  const rds = { subject: 'rds' };

  async function gapsOf(
    ...events: AuditEvent[]
  ): Promise<readonly [string, number | undefined, boolean][]> {
    const { store, trail } = makeTrail();
    for (const event of events) await trail.append(event);
    const { isIntact, notices } = await verify(store);
    return notices.map(({ kind, sequence }) => [kind, sequence, isIntact]);
  }

  test('is a change that no entry intended, and it does not make the trail wrong', async () => {
    const gaps = await gapsOf({ event: 'changed', ...rds }, { event: 'proven', ...rds });
    expect(gaps).toEqual([['unintended', 1, true]]);
  });

  test('is a second change on one intent', async () => {
    const gaps = await gapsOf(
      { event: 'change-intended', ...rds },
      { event: 'changed', ...rds },
      { event: 'proven', ...rds },
      { event: 'restored', ...rds },
    );
    expect(gaps).toEqual([['unintended', 4, true]]);
  });

  test('is not a change that was proven before its record came', async () => {
    const gaps = await gapsOf(
      { event: 'change-intended', ...rds },
      { event: 'proven', ...rds },
      { event: 'changed', ...rds },
    );
    expect(gaps).toEqual([]);
  });

  test('is an end of overlap that no entry intended; the intent of a change is another', async () => {
    const gaps = await gapsOf(
      { event: 'change-intended', ...rds },
      { event: 'overlap-ended', ...rds },
    );
    expect(gaps).toEqual([['unintended', 2, true]]);
  });

  test('is a promotion without a proof after the change, named once for two vaults', async () => {
    const gaps = await gapsOf(
      { event: 'proven', ...rds },
      { event: 'change-intended', ...rds },
      { event: 'changed', ...rds },
      { event: 'promoted', subject: 'oci-vault' },
      { event: 'promoted', subject: 'secrets-manager' },
    );
    expect(gaps).toEqual([['unproven', 4, true]]);
  });
});

test('tells every authentic entry of the rotation, oldest first, and no other', async () => {
  const { store, trail } = makeTrail();
  for (const subject of ['one', 'two', 'three']) await trail.append({ event: 'proven', subject });
  const second = store.objects.find(({ key }) => key === objectKey(PREFIX, 2));
  store.tamper(objectKey(PREFIX, 2), second?.body.replace('two', 'too'));
  const told: string[] = [];
  const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
  const onEntry = ({ subject }: { readonly subject: string }): void => {
    told.push(subject);
  };
  await verifyTrail({ store, key, prefix: PREFIX, onEntry });
  expect(told).toEqual(['one', 'three']);
});
