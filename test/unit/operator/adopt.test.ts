import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { operatorWorldOf } from '../../../local/memory/recovery.ts';
import { World } from '../../../local/memory/world.ts';
import { adopt } from '../../../lambda/operator/adopt.ts';

function storeInMirror(world: World, text: string): void {
  world.vault.updateSecret(world.secretOcid, {
    secretContent: {
      contentType: 'BASE64',
      content: Buffer.from(text).toString('base64'),
      stage: 'CURRENT',
    },
  });
}

async function ready(text?: string): Promise<World> {
  const world = new World();
  if (text !== undefined) storeInMirror(world, text);
  await world.clock.sleep(2_000);
  return world;
}

function currentId(world: World): string {
  return world.secretsManager.inspect(world.secretArn).labels.get('AWSCURRENT') ?? '';
}

describe('adopt', () => {
  test('writes the first entries where the mirror holds the same, and changes no vault', async () => {
    const world = await ready();
    await expect(adopt(operatorWorldOf(world))).resolves.toMatchObject({
      versionId: currentId(world),
      username: 'app',
      mirrors: [{ name: 'oci', outcome: 'same' }],
      isNew: true,
    });
    expect(world.events.toSorted()).toEqual([
      'adopted secrets-manager',
      'proven adb',
      'proven rds',
    ]);
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
    await expect(world.verifyAudit()).resolves.toMatchObject({ isIntact: true });
  });

  test.each([
    ['a placeholder', 'to be filled by a rotation'],
    ['another password of the user', '{"username":"app","password":"Example_other_0001"}'],
  ])('puts AWSCURRENT under its own version id in place of %s', async (_what, text) => {
    const world = await ready(text);
    await adopt(operatorWorldOf(world));
    expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.mirrorVersion({ stage: 'CURRENT' })?.versionName).toBe(currentId(world));
    expect(world.events).toContain('promoted oci');
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
  });

  test('changes nothing when it is repeated', async () => {
    const world = await ready('a placeholder');
    await adopt(operatorWorldOf(world));
    await expect(adopt(operatorWorldOf(world))).resolves.toMatchObject({
      mirrors: [{ outcome: 'same' }],
      isNew: false,
    });
    expect(world.events.filter((event) => event === 'adopted secrets-manager')).toHaveLength(1);
    expect(world.events.filter((event) => event === 'promoted oci')).toHaveLength(1);
  });

  test('fails when a database refuses AWSCURRENT, and changes no vault', async () => {
    const world = await ready('a placeholder');
    world.postgres.setPassword('Example_known_to_nobody_00001');
    await expect(adopt(operatorWorldOf(world))).rejects.toMatchObject({
      name: 'LoginRefusedError',
      subject: 'rds',
    });
    expect(world.mirrorVersion({ stage: 'CURRENT' })?.text).toBe('a placeholder');
    expect(world.events).toContain('login-refused rds');
  });

  test('fails when the mirror holds the credential of another user', async () => {
    const world = await ready('{"username":"billing","password":"Example_other_0001"}');
    await expect(adopt(operatorWorldOf(world))).rejects.toMatchObject({
      name: 'MirrorMismatchError',
      message: expect.stringContaining('billing') as string,
    });
    expect(world.refusedLogins).toBe(0);
  });

  test('fails while a rotation is under way', async () => {
    const world = await ready();
    await world.begin();
    await expect(adopt(operatorWorldOf(world))).rejects.toMatchObject({ name: 'OverlapError' });
  });

  test.each(['loseReply', 'loseRequest'] as const)(
    'ends the same when it is run again after every call was struck in turn (%s)',
    async (kind) => {
      for (let struck = 0; ; struck += 1) {
        const world = await ready('a placeholder');
        world.faults.add({ call: '*', fault: { kind }, skip: struck, times: 1 });
        await adopt(operatorWorldOf(world)).catch(() => undefined);
        const isOver = world.faults.calls.length <= struck;
        world.faults.clear();
        await adopt(operatorWorldOf(world));
        expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
        expect(world.events.filter((event) => event === 'adopted secrets-manager')).toHaveLength(1);
        await expect(world.verifyAudit()).resolves.toMatchObject({ isIntact: true });
        if (isOver) return;
      }
    },
  );
});
