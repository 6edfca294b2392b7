import type { Fault } from '../../../local/faults.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';

/**
 * Goal: no single fault, at whichever call of a rotation, keeps anybody out or leaves a difference behind.
 * Method: count the calls of a rotation without faults; then run one rotation for each call and each kind of fault, with
 * the service's retries, and look at the promises after every step and at the end.
 *
 * One database alone: `npm run simulation` does it with both, and with every other pair of engines.
 */
const KINDS: readonly Fault[] = [{ kind: 'loseReply' }, { kind: 'throttle' }];

const WORLDS: readonly (readonly [string, WorldOptions])[] = [
  ['PostgreSQL alone', { engines: ['postgres'] }],
  ['Oracle alone', { engines: ['oracle'] }],
];

async function callsWithoutFaults(options: WorldOptions): Promise<number> {
  const world = new World(options);
  await world.rotate();
  return world.faults.calls.length;
}

describe.each(WORLDS)('%s', (_name, options) => {
  test.each(KINDS.map((fault) => [fault.kind, fault] as const))(
    'survives %s at every call',
    async (kind, fault) => {
      const calls = await callsWithoutFaults(options);
      expect(calls).toBeGreaterThan(40);
      for (let skip = 0; skip < calls; skip += 1) {
        const world = new World(options);
        world.faults.add({ call: '*', fault, skip });
        const outcome = await world.rotate();
        const struck = `${kind} at call ${skip} (${world.faults.calls[skip] ?? '?'})`;
        // A refusal at the wrong place may end this rotation for good; then the next one must succeed.
        if (outcome.status !== 'succeeded') {
          await world.clock.sleep(48 * 60 * 60 * 1_000);
          expect([struck, await world.rotate()]).toEqual([
            struck,
            expect.objectContaining({ status: 'succeeded' }),
          ]);
        }
        const current = world.passwordUnder('AWSCURRENT');
        expect([struck, world.opened(current).length]).toEqual([struck, 1]);
        expect([struck, world.mirrorPassword('CURRENT')]).toEqual([struck, current]);
        expect([struck, world.openSessions]).toEqual([struck, 0]);
      }
    },
  );
});
