import { SeededRandom } from '../../local/simulation/random.ts';
import { Scheduler } from '../../local/simulation/scheduler.ts';

/** Two workers that take ten turns each, and the order in which they got them. */
async function orderOf(seed: number): Promise<string> {
  const scheduler = new Scheduler(new SeededRandom(seed));
  let order = '';
  const work = async (name: string): Promise<void> => {
    const turn = scheduler.turnsOf({});
    for (let count = 1; count <= 10; count += 1) {
      await turn(async () => {
        order += name;
        await Promise.resolve();
      });
    }
  };
  await Promise.all([work('a'), work('b')]);
  return order;
}

describe('the scheduler', () => {
  test('gives everybody all turns', async () => {
    const order = await orderOf(1);
    expect(order.replaceAll('b', '')).toBe('aaaaaaaaaa');
    expect(order).toHaveLength(20);
  });

  test('gives the same order for the same seed', async () => {
    expect(await orderOf(4)).toBe(await orderOf(4));
  });

  test('gives many orders for many seeds', async () => {
    const orders = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) orders.add(await orderOf(seed));
    expect(orders.size).toBeGreaterThan(5);
  });

  test('goes on after a call that fails', async () => {
    const turn = new Scheduler(new SeededRandom(1)).turnsOf({});
    await expect(
      turn(async () => {
        await Promise.resolve();
        throw new Error('lost');
      }),
    ).rejects.toThrow('lost');
    await expect(turn(async () => await Promise.resolve('fine'))).resolves.toBe('fine');
  });
});
