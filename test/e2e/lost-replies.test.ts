import { Lane, type Breach } from './support/lane.ts';
import { START_MAX_MS } from '../../local/observation/operator.ts';
import { sharedSynthesis } from './support/shared-synthesis.ts';
import { described, isOwnCase, without, type Position } from './support/positions.ts';

/**
 * Goal: no lost reply, at whichever call of a rotation, keeps anybody out or leaves a difference behind. The call takes
 * effect, and nobody hears of it.
 * Method: record the calls of a rotation in which nothing fails; then run one rotation for each position, in which
 * exactly that call loses its reply, with the service's retries, and look from outside afterwards. What a step does
 * again in the same way is left out; both lists are printed.
 */
/** So that both cores have work; each lane more is another function that starts cold. */
const LANES = 2;
const TEST_MAX_MS = 180_000;
let lanes: [Lane, ...Lane[]];
/** The calls of a rotation whose function is warm and which finds nothing to prune. */
let recorded: readonly Position[];
const closing: (() => Promise<void>)[] = [];
const struck: Position[] = [];
const leftOut: Position[] = [];

beforeAll(async () => {
  const synthesis = await sharedSynthesis();
  const starting = Array.from(
    { length: LANES },
    async () => await Lane.start(synthesis, (close) => closing.push(close)),
  );
  const [first, ...others] = await Promise.all(starting);
  if (first === undefined) throw new Error('there are no lanes');
  lanes = [first, ...others];
  recorded = await first.record();
}, START_MAX_MS);

afterAll(async () => {
  await Promise.all(
    closing.map(async (close) => {
      await close();
    }),
  );
  process.stdout.write(
    `A reply was lost at each of ${struck.length} positions:\n${described(struck)}` +
      `${leftOut.length} positions, where a step does the same again or looks at the trail, were left out:\n${described(leftOut)}`,
  );
});

/** One rotation for each position, each lane taking the next one. */
async function strikeAll(
  positions: readonly Position[],
  by: readonly Lane[],
): Promise<readonly Breach[]> {
  const todo = [...positions];
  const breaches: Breach[] = [];
  const work = by.map(async (lane) => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      struck.push(next);
      breaches.push(...(await lane.strike(next)));
    }
  });
  await Promise.all(work);
  return breaches;
}

function chosenFrom(positions: readonly Position[]): readonly Position[] {
  const chosen = positions.filter((position) => isOwnCase(position, positions));
  leftOut.push(...positions.filter((position) => !chosen.includes(position)));
  return chosen;
}

test(
  'a lost reply breaks no promise, whichever call of a rotation it was the answer to',
  async () => {
    const positions = chosenFrom(recorded);
    expect(positions.length).toBeGreaterThan(60);
    await expect(strikeAll(positions, lanes)).resolves.toEqual([]);
  },
  TEST_MAX_MS,
);

test('nor where an old version is pruned, which a rotation does once there are enough', async () => {
  const [first] = lanes;
  const positions = chosenFrom(without(await first.record(), recorded));
  expect(positions.map(({ call }) => call)).toContain('oci:ScheduleSecretVersionDeletion');
  // The others may not have as many versions yet.
  await expect(strikeAll(positions, [first])).resolves.toEqual([]);
});

test('the audit trails of all these rotations verify', async () => {
  const findings = lanes.map(async (lane) => await lane.auditFindings());
  await expect(Promise.all(findings)).resolves.toEqual(lanes.map(() => []));
});
