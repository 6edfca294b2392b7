import { FaultPlan } from '../../local/faults.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { CONTEXT, makeTrail } from './audit-fixture.ts';

const PROMOTED = { event: 'promoted', subject: 'secrets-manager' } as const;

describe('whether the trail tells of something', () => {
  test('is asked of this version, this event and this subject alone', async () => {
    const store = new MemoryAuditStore();
    const { trail } = makeTrail({ store });
    await trail.append({ event: 'promoted', subject: 'oci-frankfurt' });
    await trail.append({ event: 'staged', subject: 'secrets-manager' });
    const other = makeTrail({ store, context: { ...CONTEXT, versionId: 'other' } });
    await other.trail.append(PROMOTED);
    await expect(trail.tells(PROMOTED)).resolves.toBe(false);
    await trail.append(PROMOTED);
    await expect(trail.tells(PROMOTED)).resolves.toBe(true);
  });

  test('is looked for among the newest ten entries, by one list and no more than ten reads', async () => {
    const faults = new FaultPlan();
    const { trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
    await trail.append(PROMOTED);
    for (let each = 1; each <= 9; each += 1) {
      await trail.append({ event: 'version-retired', subject: 'oci-frankfurt' });
    }
    const before = faults.calls.length;
    await expect(trail.tells(PROMOTED)).resolves.toBe(true);
    const calls = faults.calls.slice(before);
    expect(calls.filter((call) => call === 's3:ListObjectsV2')).toHaveLength(1);
    expect(calls.filter((call) => call === 's3:GetObject')).toHaveLength(10);
    await trail.append({ event: 'version-retired', subject: 'oci-frankfurt' });
    await expect(trail.tells(PROMOTED)).resolves.toBe(false);
  });

  test('fails when the trail cannot be read', async () => {
    const faults = new FaultPlan();
    const { trail } = makeTrail({ store: new MemoryAuditStore({ faults }) });
    faults.add({ call: 's3:ListObjectsV2', fault: { kind: 'refuse' } });
    await expect(trail.tells(PROMOTED)).rejects.toThrow('s3:ListObjectsV2 failed (refuse)');
  });
});
