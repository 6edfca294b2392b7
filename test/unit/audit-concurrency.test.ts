import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { AuditObject, AuditStore } from '../../lambda/ports/audit-store.ts';
import { MemoryAuditKey } from '../../local/memory/audit-key.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';
import { CONTEXT, FIRST_KEY, makeTrail, PREFIX } from './audit-fixture.ts';

/*
Goal: invocations that write at once never fork the chain and lose no entry.
Method: two writers, each with a store whose every call takes a random number of turns of the event loop, before and
after it takes effect. The seed decides the turns; a failure prints it.
*/
const TURNS_MAX = 4;
const ENTRIES_EACH = 50;

/** A small generator (mulberry32), so that a seed names one interleaving. */
function randomBelow(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

class SlowStore implements AuditStore {
  readonly #store: AuditStore;
  readonly #random: (limit: number) => number;
  writes = 0;

  constructor(store: AuditStore, random: (limit: number) => number) {
    this.#store = store;
    this.#random = random;
  }

  async write(object: AuditObject): Promise<'written' | 'exists'> {
    this.writes += 1;
    return await this.#slowly(() => this.#store.write(object));
  }

  async read(key: string): Promise<AuditObject | undefined> {
    return await this.#slowly(() => this.#store.read(key));
  }

  async keys(range: { prefix: string; limit: number }): Promise<readonly string[]> {
    return await this.#slowly(() => this.#store.keys(range));
  }

  async #slowly<Result>(call: () => Promise<Result>): Promise<Result> {
    await this.#wait();
    const result = await call();
    await this.#wait();
    return result;
  }

  async #wait(): Promise<void> {
    for (let turns = this.#random(TURNS_MAX); turns > 0; turns -= 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function appendAll(store: AuditStore, requestId: string): Promise<void> {
  const { trail } = makeTrail({ store, context: { ...CONTEXT, requestId } });
  await Promise.all(
    Array.from({ length: ENTRIES_EACH }, (_, at) =>
      trail.append({ event: 'proven', subject: `${requestId}-${at + 1}` }),
    ),
  );
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'two writers of 50 entries each never fork the chain (seed %d)',
  async (seed) => {
    const random = randomBelow(seed);
    const store = new MemoryAuditStore();
    const one = new SlowStore(store, random);
    const other = new SlowStore(store, random);
    await Promise.all([appendAll(one, 'one'), appendAll(other, 'other')]);
    const key = new MemoryAuditKey({ versions: [FIRST_KEY] });
    const report = await verifyTrail({ store, key, prefix: PREFIX });
    expect(report).toMatchObject({ isIntact: true, entryCount: 100, tip: { sequence: 100 } });
    const subjects = store.objects.map(
      ({ body }) => (JSON.parse(body) as { subject: string }).subject,
    );
    expect(new Set(subjects).size).toBe(100);
    // They did get into each other's way, or nothing was tested.
    expect(one.writes + other.writes).toBeGreaterThan(100);
  },
);
