import { AuditObjects } from '../../local/memory/audit-objects.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { MemoryAuditTrail, type MemoryAuditEntry } from '../../local/memory/audit-trail.ts';
import { JumpingClock } from '../../local/memory/jumping-clock.ts';
import { FaultPlan } from '../../local/faults.ts';

describe('a bucket in memory', () => {
  test('lists keys in the order of their UTF-8 bytes, whatever the order of writing', async () => {
    const store = new MemoryAuditStore();
    // U+FF5E comes before U+1F600 as bytes, after it as UTF-16.
    for (const key of ['b', 'a/2', '\u{1F600}', '～', 'a/1']) await store.write({ key, body: '' });
    const keys = await store.keys({ prefix: '', limit: 9 });
    expect(keys).toEqual(['a/1', 'a/2', 'b', '～', '\u{1F600}']);
  });

  test('lists what begins with a prefix, after a key, up to a limit', async () => {
    const store = new MemoryAuditStore();
    for (const key of ['a', 'k/1', 'k/2', 'k/3', 'k/4', 'm']) await store.write({ key, body: '' });
    expect(await store.keys({ prefix: 'k/', limit: 2 })).toEqual(['k/1', 'k/2']);
    expect(await store.keys({ prefix: 'k/', after: 'k/2', limit: 9 })).toEqual(['k/3', 'k/4']);
    expect(await store.keys({ prefix: 'k/', after: 'k/4', limit: 9 })).toEqual([]);
    expect(await store.keys({ prefix: 'k/', after: 'a', limit: 1 })).toEqual(['k/1']);
  });

  test('can be shared by several stores', async () => {
    const bucket = new AuditObjects();
    await new MemoryAuditStore({ bucket }).write({ key: 'one', body: 'text' });
    const other = new MemoryAuditStore({ bucket });
    await expect(other.write({ key: 'one', body: 'other' })).resolves.toBe('exists');
    await expect(other.read('one')).resolves.toEqual({ key: 'one', body: 'text' });
  });

  test('forgets what somebody removes', async () => {
    const store = new MemoryAuditStore();
    for (const key of ['one', 'two']) await store.write({ key, body: '' });
    store.tamper('one', undefined);
    expect(await store.keys({ prefix: '', limit: 9 })).toEqual(['two']);
    await expect(store.read('one')).resolves.toBeUndefined();
  });
});

describe('a trail without a chain', () => {
  const clock = new JumpingClock();
  const REQUEST = { step: 'setSecret', versionId: 'version' } as const;

  test('counts what was appended since a time', async () => {
    const trail = new MemoryAuditTrail({ entries: [], clock, request: REQUEST });
    await trail.append({ event: 'login-refused', subject: 'rds' });
    clock.advance(1_000);
    const sinceMs = clock.now();
    await trail.append({ event: 'login-refused', subject: 'rds' });
    await trail.append({ event: 'login-refused', subject: 'adb' });
    await trail.append({ event: 'proven', subject: 'adb' });
    const counts = await trail.countBySubject({ event: 'login-refused', sinceMs });
    expect([...counts]).toEqual([
      ['rds', 1],
      ['adb', 1],
    ]);
  });

  test('counts refused logins since a time and in a row, until a login is proven or a person clears them', async () => {
    const trail = new MemoryAuditTrail({ entries: [], clock, request: REQUEST });
    const count = async (sinceMs: number): Promise<unknown> =>
      (await trail.refusedLogins({ sinceMs, enough: 1 })).get('adb');
    await trail.append({ event: 'login-refused', subject: 'adb' });
    clock.advance(1_000);
    const sinceMs = clock.now();
    await trail.append({ event: 'login-refused', subject: 'adb' });
    await expect(count(sinceMs)).resolves.toEqual({ recent: 1, inARow: 2 });
    await trail.append({ event: 'proven', subject: 'adb' });
    await expect(count(sinceMs)).resolves.toEqual({ recent: 1, inARow: 0 });
    await trail.append({ event: 'refusals-cleared', subject: 'adb' });
    await expect(count(sinceMs)).resolves.toEqual({ recent: 0, inARow: 0 });
  });

  test('has heard of a rotation to a version where a step of it added an entry', async () => {
    const entries: MemoryAuditEntry[] = [];
    const steps = new MemoryAuditTrail({ entries, clock, request: REQUEST });
    const watch = { step: 'watch', versionId: 'another' } as const;
    const operation = new MemoryAuditTrail({ entries, clock, request: watch });
    const sinceMs = clock.now();
    await operation.append({ event: 'proven', subject: 'rds' });
    await steps.append({ event: 'proven', subject: 'rds' });
    await expect(steps.heardOf({ versionId: 'version', sinceMs })).resolves.toBe(true);
    await expect(steps.heardOf({ versionId: 'another', sinceMs })).resolves.toBe(false);
    clock.advance(1);
    await expect(steps.heardOf({ versionId: 'version', sinceMs: clock.now() })).resolves.toBe(
      false,
    );
  });

  test('fails when the fault plan has it, with or without effect', async () => {
    const entries: MemoryAuditEntry[] = [];
    const faults = new FaultPlan()
      .add({ call: 'audit:append', fault: { kind: 'loseRequest' } })
      .add({ call: 'audit:append', fault: { kind: 'loseReply' } });
    const trail = new MemoryAuditTrail({ entries, clock, faults, request: REQUEST });
    for (const subject of ['one', 'two']) {
      await expect(trail.append({ event: 'proven', subject })).rejects.toMatchObject({
        name: 'AuditError',
      });
    }
    expect(entries.map(({ subject }) => subject)).toEqual(['two']);
  });
});
