import { World } from '../../../local/memory/world.ts';

const DOWN = 1_000;
const NO_VERSION = 'none';

let world: World;

beforeEach(() => {
  world = new World({ hasCopies: true });
});

/** The entries that have no copy, or another one; and the copies that have no entry. */
function differences(): readonly string[] {
  const entries = new Map(world.auditBucket.all.map(({ key, body }) => [key, body]));
  const copies = new Map((world.copies?.all ?? []).map(({ key, body }) => [key, body]));
  const keys = [...entries.keys(), ...copies.keys()];
  return [...new Set(keys)].filter((key) => entries.get(key) !== copies.get(key));
}

function failedCopies(): number {
  return world.metrics.filter(({ name, value }) => name === 'AuditCopyFailed' && value === 1)
    .length;
}

function breakCopies(kind: 'refuse' | 'hang' | 'loseReply'): void {
  world.faults.add({ call: 'objectstorage:*', fault: { kind }, times: DOWN });
}

describe('copies of the audit trail', () => {
  test('are made of every entry while the rotation goes on', async () => {
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded', attempts: 1 });

    expect(world.entries.length).toBeGreaterThan(10);
    expect(differences()).toEqual([]);
    expect(failedCopies()).toBe(0);
    // One look at the end finds that nothing is missing.
    const calls = world.faults.calls.filter((call) => call.startsWith('objectstorage:'));
    expect(calls.filter((call) => call === 'objectstorage:PutObject')).toHaveLength(
      world.entries.length,
    );
  });

  test.each(['refuse', 'hang'] as const)(
    'stop no rotation where their place is down (%s), are metered, and are complete after the next one',
    async (kind) => {
      breakCopies(kind);
      await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded', attempts: 1 });

      const first = world.entries.length;
      expect(differences()).toHaveLength(first);
      // Each entry, and the look for those that are missing.
      expect(failedCopies()).toBe(first + 1);
      expect(world.logs.filter((line) => line.startsWith('audit.copy-failed'))).toHaveLength(
        first + 1,
      );
      world.faults.clear();

      await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded', attempts: 1 });

      expect(world.entries.length).toBeGreaterThan(first);
      expect(differences()).toEqual([]);
      expect(failedCopies()).toBe(first + 1);
    },
  );

  test('are made up for within the hour, the newest entries first, a hundred at a time', async () => {
    for (let sequence = 1; sequence <= 130; sequence += 1) {
      world.auditBucket.set(keyOf(sequence), `entry ${sequence}`);
    }

    await world.step('watch', NO_VERSION);
    expect(differences()).toEqual(range(30, 1).map(keyOf));
    await world.step('watch', NO_VERSION);

    expect(differences()).toEqual([]);
    // What is left over says nothing, neither good nor bad.
    expect(world.metrics.filter(({ name }) => name === 'AuditCopyFailed')).toEqual([
      { name: 'AuditCopyFailed', value: 0, subject: undefined },
    ]);
    expect(world.logs).toContain('audit.copies-made-up');
    expect(failedCopies()).toBe(0);
  });

  test('are made up for wherever the gap is', async () => {
    await world.rotate();
    const gap = world.copies?.all.slice(3, 6).map(({ key }) => key) ?? [];
    for (const key of gap) world.copies?.delete(key);
    expect(differences()).toEqual(gap);

    await world.step('watch', NO_VERSION);

    expect(differences()).toEqual([]);
  });

  test('whose answer was lost are found there', async () => {
    breakCopies('loseReply');
    await world.rotate();
    world.faults.clear();
    const before = world.faults.calls.length;

    await world.step('watch', NO_VERSION);

    expect(differences()).toEqual([]);
    expect(world.faults.calls.slice(before)).not.toContain('objectstorage:PutObject');
  });

  test('never replace what stands in their place, and say so', async () => {
    world.copies?.set(keyOf(1), 'of somebody else');

    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded', attempts: 1 });

    expect(differences()).toEqual([keyOf(1)]);
    expect(world.copies?.get(keyOf(1))).toBe('of somebody else');
    expect(failedCopies()).toBe(1);
    expect(world.logs.join('\n')).toContain('another object stands in the place of the copy');
  });

  test('are not made of an entry that could not be kept', async () => {
    world.faults.add({ call: 's3:PutObject', fault: { kind: 'refuse' }, skip: 1, times: 1 });

    await world.rotate();

    expect(differences()).toEqual([]);
  });

  test('are not made of the index of refused logins, nor of what is no entry', async () => {
    world.auditBucket.set('lockstep/orders/refused-logins/1/rds/x', 'a refused login\n');
    world.auditBucket.set('lockstep/orders/entries/of-somebody', 'x');

    await world.step('watch', NO_VERSION);

    expect(world.copies?.all).toEqual([]);
  });
});

test('without a place for copies nothing is copied', async () => {
  const plain = new World();
  await plain.rotate();
  expect(plain.faults.calls.filter((call) => call.startsWith('objectstorage:'))).toEqual([]);
});

function keyOf(sequence: number): string {
  return `lockstep/orders/entries/${999_999_999_999 - sequence}`;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index);
}
