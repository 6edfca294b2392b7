import { FaultPlan } from '../../local/faults.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { CONTEXT, makeTrail } from './audit-fixture.ts';

const START_MS = Date.UTC(2026, 10, 20, 10);
const MINUTE_MS = 60_000;
const { versionId } = CONTEXT;

describe('a rotation to a version', () => {
  test('was heard of where a step of it has added an entry since', async () => {
    let nowMs = START_MS;
    const { trail } = makeTrail({ clock: { now: () => nowMs } });
    await trail.append({ event: 'change-intended', subject: 'rds' });
    nowMs += 20 * MINUTE_MS;
    await expect(trail.heardOf({ versionId, sinceMs: START_MS })).resolves.toBe(true);
    await expect(trail.heardOf({ versionId, sinceMs: START_MS + 1 })).resolves.toBe(false);
    await trail.append({ event: 'changed', subject: 'rds' });
    await expect(trail.heardOf({ versionId, sinceMs: START_MS + 1 })).resolves.toBe(true);
  });

  test.each([
    ['of another version', { step: 'setSecret', versionId: 'another' }],
    ['of a recovery', { step: 'recover', versionId }],
    ['of an operation', { step: 'watch', versionId }],
  ] as const)('was not heard of where the entries are %s', async (_what, changes) => {
    const { trail } = makeTrail({ context: { ...CONTEXT, ...changes } });
    await trail.append({ event: 'step-failed', subject: 'rds' });
    await expect(trail.heardOf({ versionId, sinceMs: 0 })).resolves.toBe(false);
  });

  test('is not known to be heard of when the trail cannot be read', async () => {
    const faults = new FaultPlan().add({
      call: 's3:ListObjectsV2',
      fault: { kind: 'loseRequest' },
    });
    const { trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
    await expect(trail.heardOf({ versionId, sinceMs: 0 })).rejects.toMatchObject({
      name: 'AuditError',
    });
  });
});
