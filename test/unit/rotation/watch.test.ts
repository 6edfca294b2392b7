import { World } from '../../../local/memory/world.ts';

const NONE = 'none';

function agesOf(world: World): readonly number[] {
  return world.metrics.filter(({ name }) => name === 'SecretAgeMs').map(({ value }) => value);
}

describe('watch', () => {
  test('tells the age since the last rotation, and since the secret was made where there was none', async () => {
    const world = new World();
    await world.step('watch', NONE);
    const [made = -1] = agesOf(world);
    expect(made).toBeGreaterThanOrEqual(0);
    await world.rotate();
    await world.clock.sleep(3_600_000);
    await world.step('watch', NONE);
    const [, rotated = -1] = agesOf(world);
    expect(rotated).toBeGreaterThanOrEqual(3_600_000);
    expect(rotated).toBeLessThan(3_700_000);
  });

  test('changes nothing and opens no database', async () => {
    const world = new World();
    await world.step('watch', NONE);
    expect(world.events).toEqual([]);
    expect(world.metrics).toContainEqual({ name: 'StepSucceeded', value: 1, subject: 'watch' });
  });
});
