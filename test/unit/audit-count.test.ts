import { FaultPlan } from '../../local/faults.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { makeTrail } from './audit-fixture.ts';

const START_MS = Date.UTC(2026, 10, 20, 10);
const MINUTE_MS = 60_000;

describe('counting entries by subject', () => {
  test('counts one kind of event since a time, over several pages', async () => {
    let nowMs = START_MS;
    const { trail } = makeTrail({ clock: { now: () => nowMs } });
    for (let each = 1; each <= 60; each += 1) {
      await trail.append({ event: 'changed', subject: each % 3 === 0 ? 'adb' : 'rds' });
      await trail.append({ event: 'proven', subject: 'rds' });
      nowMs += MINUTE_MS;
    }
    // The last 40 of the 60 refusals: numbers 21 to 60, of which 21, 24, … 60 are adb's.
    const sinceMs = START_MS + 20 * MINUTE_MS;
    await expect(trail.countBySubject({ event: 'changed', sinceMs })).resolves.toEqual(
      new Map([
        ['adb', 14],
        ['rds', 26],
      ]),
    );
  });

  test('finds nothing in a trail that has nothing of the kind', async () => {
    const { trail } = makeTrail();
    await expect(trail.countBySubject({ event: 'changed', sinceMs: 0 })).resolves.toEqual(
      new Map(),
    );
  });

  test('passes over what is no entry', async () => {
    const { store, trail } = makeTrail();
    await trail.append({ event: 'changed', subject: 'rds' });
    await trail.append({ event: 'changed', subject: 'rds' });
    store.tamper(store.objects[0]?.key ?? '', 'no entry');
    await expect(trail.countBySubject({ event: 'changed', sinceMs: 0 })).resolves.toEqual(
      new Map([['rds', 1]]),
    );
  });

  test('stops reading at the first page that is older', async () => {
    let nowMs = START_MS;
    const faults = new FaultPlan();
    const { trail } = makeTrail({
      store: new MemoryAuditStore({ faults }),
      clock: { now: () => nowMs },
    });
    for (let each = 1; each <= 60; each += 1) {
      await trail.append({ event: 'proven', subject: 'rds' });
    }
    nowMs += 48 * 60 * MINUTE_MS;
    await trail.append({ event: 'changed', subject: 'rds' });
    const before = faults.calls.length;
    await trail.countBySubject({ event: 'changed', sinceMs: nowMs - MINUTE_MS });
    const calls = faults.calls.slice(before);
    expect(calls.filter((call) => call === 's3:ListObjectsV2')).toHaveLength(1);
  });

  test('fails when the trail cannot be read', async () => {
    const faults = new FaultPlan().add({
      call: 's3:ListObjectsV2',
      fault: { kind: 'loseRequest' },
    });
    const { trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
    await expect(trail.countBySubject({ event: 'changed', sinceMs: 0 })).rejects.toMatchObject({
      name: 'AuditError',
    });
  });
});
