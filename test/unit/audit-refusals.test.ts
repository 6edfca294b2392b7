import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { Notice } from '../../lambda/audit/chain-report.ts';
import { objectKey } from '../../lambda/audit/object-key.ts';
import { MemoryAuditKey } from '../../local/memory/audit-key.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { FaultPlan } from '../../local/faults.ts';
import { FIRST_KEY, makeTrail, PREFIX } from './audit-fixture.ts';

const START_MS = Date.UTC(2026, 10, 20, 10);
const HOUR_MS = 3_600_000;

interface Bed {
  readonly trail: ReturnType<typeof makeTrail>['trail'];
  readonly store: MemoryAuditStore;
  readonly calls: FaultPlan['calls'];
  readonly faults: FaultPlan;
  readonly wait: (durationMs: number) => void;
  readonly refuse: (subject: string, times: number) => Promise<void>;
}

function makeBed(): Bed {
  let nowMs = START_MS;
  const faults = new FaultPlan();
  const { trail, store } = makeTrail({
    store: new MemoryAuditStore({ faults }),
    clock: { now: () => nowMs },
  });
  const wait = (durationMs: number): void => {
    nowMs += durationMs;
  };
  const refuse = async (subject: string, times: number): Promise<void> => {
    for (let each = 1; each <= times; each += 1) {
      await trail.append({ event: 'login-refused', subject });
      wait(1);
    }
  };
  return { trail, store, calls: faults.calls, faults, wait, refuse };
}

const NONE = new Map();

describe('the index of refused logins', () => {
  test('counts the refusals of each database since a time, and in a row', async () => {
    const { trail, wait, refuse } = makeBed();
    await refuse('adb', 2);
    wait(48 * HOUR_MS);
    await refuse('adb', 3);
    await refuse('rds', 1);
    const counts = await trail.refusedLogins({ sinceMs: START_MS + HOUR_MS, enough: 1 });
    expect(counts).toEqual(
      new Map([
        ['rds', { recent: 1, inARow: 1 }],
        ['adb', { recent: 3, inARow: 5 }],
      ]),
    );
  });

  test('begins a new row after a login that was proven, for that database alone', async () => {
    const { trail, refuse, wait } = makeBed();
    await refuse('adb', 4);
    await refuse('rds', 2);
    await trail.append({ event: 'proven', subject: 'adb' });
    wait(1);
    await refuse('adb', 1);
    const counts = await trail.refusedLogins({ sinceMs: 0, enough: 2 });
    expect(counts.get('adb')).toEqual({ recent: 5, inARow: 1 });
    expect(counts.get('rds')).toEqual({ recent: 2, inARow: 2 });
  });

  test('forgets all that a person has cleared', async () => {
    const { trail, refuse, wait } = makeBed();
    await refuse('adb', 5);
    await trail.append({ event: 'refusals-cleared', subject: 'adb' });
    wait(1);
    await refuse('adb', 1);
    const counts = await trail.refusedLogins({ sinceMs: 0, enough: 5 });
    expect(counts.get('adb')).toEqual({ recent: 1, inARow: 1 });
  });

  test('costs one listing where nothing was refused, however long the trail is', async () => {
    const { trail, calls } = makeBed();
    for (let each = 1; each <= 60; each += 1) {
      await trail.append({ event: 'proven', subject: 'adb' });
    }
    const before = calls.length;
    await expect(trail.refusedLogins({ sinceMs: 0, enough: 5 })).resolves.toEqual(NONE);
    expect(calls.slice(before)).toEqual(['s3:ListObjectsV2']);
  });

  test('tells two refusals within one millisecond apart', async () => {
    const { trail } = makeBed();
    await trail.append({ event: 'login-refused', subject: 'adb' });
    await trail.append({ event: 'login-refused', subject: 'adb' });
    const counts = await trail.refusedLogins({ sinceMs: 0, enough: 9 });
    expect(counts.get('adb')).toEqual({ recent: 2, inARow: 2 });
  });

  test('counts a refusal whose entry could not be kept', async () => {
    const { trail, faults } = makeBed();
    await trail.append({ event: 'proven', subject: 'adb' });
    // The index is written first, the entry after it.
    faults.add({ call: 's3:PutObject', fault: { kind: 'loseRequest' }, skip: 1, times: 1 });
    await expect(trail.append({ event: 'login-refused', subject: 'adb' })).rejects.toMatchObject({
      name: 'AuditError',
    });
    const counts = await trail.refusedLogins({ sinceMs: 0, enough: 5 });
    expect(counts.get('adb')).toEqual({ recent: 1, inARow: 1 });
  });

  test('passes over keys that are no refusal', async () => {
    const { trail, store } = makeBed();
    await store.write({ key: 'orders/refused-logins/none', body: '' });
    await expect(trail.refusedLogins({ sinceMs: 0, enough: 1 })).resolves.toEqual(NONE);
  });

  test('fails when it cannot be listed', async () => {
    const { trail, faults } = makeBed();
    faults.add({ call: 's3:ListObjectsV2', fault: { kind: 'loseRequest' } });
    await expect(trail.refusedLogins({ sinceMs: 0, enough: 1 })).rejects.toMatchObject({
      name: 'AuditError',
    });
  });
});

describe('the verification of the trail', () => {
  /** 2026-11-20T10:00:00.000Z, inverted. */
  const FIRST = 'orders/refused-logins/8204831199999/adb/request-1-1';

  async function notices(store: MemoryAuditStore): Promise<readonly Notice[]> {
    const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
    const report = await verifyTrail({ store, key, prefix: PREFIX });
    expect(report.noticeCount).toBe(report.notices.length);
    return report.notices;
  }

  test('finds each refusal in the index and among the entries', async () => {
    const { refuse, store } = makeBed();
    await refuse('adb', 2);
    await refuse('rds', 1);
    expect(store.objects.map(({ key }) => key)).toContain(FIRST);
    await expect(notices(store)).resolves.toEqual([]);
  });

  test('names what the index counts and no entry tells of', async () => {
    const { refuse, store } = makeBed();
    await refuse('adb', 1);
    const another = FIRST.replace('adb', 'rds');
    await store.write({ key: another, body: '' });
    await store.write({ key: 'orders/refused-logins/none', body: '' });
    const unrecorded = { kind: 'unrecorded-refusal', sequence: undefined };
    const message = (key: string): string =>
      `no entry tells of the refused login that ${key} counts`;
    await expect(notices(store)).resolves.toEqual([
      { ...unrecorded, message: message(another) },
      { ...unrecorded, message: message('orders/refused-logins/none') },
    ]);
  });

  test('names a refusal that the index does not count, and believes no altered entry', async () => {
    const { refuse, store } = makeBed();
    await refuse('adb', 2);
    store.tamper(FIRST, undefined);
    const uncounted = 'no object counts the login that adb refused';
    await expect(notices(store)).resolves.toEqual([
      { kind: 'uncounted-refusal', sequence: 1, message: uncounted },
    ]);
    const key = objectKey(PREFIX, 2);
    const [body = ''] = store.objects.flatMap((one) => (one.key === key ? [one.body] : []));
    store.tamper(key, body.replace('login-refused', 'login-refuse!'));
    await expect(notices(store)).resolves.toMatchObject([
      { kind: 'unrecorded-refusal' },
      { kind: 'uncounted-refusal', sequence: 1 },
    ]);
  });
});
