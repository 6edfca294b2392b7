import { SeededRandom } from '../../local/simulation/random.ts';

describe('seeded numbers', () => {
  test('are those of the seed, on every machine', () => {
    const random = new SeededRandom(1);
    const numbers = [random.uint32(), random.uint32(), random.integerBelow(1_000)];
    // Noted once: a seed that somebody wrote down is to play the same run for ever.
    expect(numbers).toEqual([2_420_951_833, 2_513_034_076, 895]);
  });

  test('are spread evenly', () => {
    const random = new SeededRandom(2);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let draw = 1; draw <= 60_000; draw += 1) {
      const face = random.integerBelow(6);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    // Five standard deviations of 91 about 10,000.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(456);
  });

  test('make ids in the form of a UUID of version 4', () => {
    expect(new SeededRandom(3).uuid()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
