import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World } from '../../../local/memory/world.ts';

describe('a rotation in which nothing fails', () => {
  test('leaves the new password everywhere and the old one nowhere', async () => {
    const world = new World();
    await expect(world.rotate()).resolves.toEqual({ status: 'succeeded', attempts: 1 });

    const current = world.passwordUnder('AWSCURRENT');
    expect(current).toMatch(/^[A-Za-z][A-Za-z0-9_]{29}$/);
    expect(current).not.toBe(INITIAL_PASSWORD);
    expect(world.mirrorPassword('CURRENT')).toBe(current);
    expect(world.opened(current)).toEqual(['rds', 'adb']);
    expect(world.opened(INITIAL_PASSWORD)).toEqual([]);
    expect(world.passwordUnder('AWSPREVIOUS')).toBe(INITIAL_PASSWORD);
    expect(world.mirrorPassword('PREVIOUS')).toBe(INITIAL_PASSWORD);
  });

  test('makes no refused login and leaves no session open', async () => {
    const world = new World();
    await world.rotate();
    expect(world.refusedLogins).toBe(0);
    expect(world.openSessions).toBe(0);
  });

  test('records every event, in an audit trail that verifies', async () => {
    const world = new World();
    await world.rotate();
    expect(world.events).toEqual([
      'staged secrets-manager',
      'staged oci',
      'change-intended rds',
      'change-intended adb',
      'changed rds',
      'proven rds',
      'changed adb',
      'proven adb',
      expect.stringMatching(/^proven (rds|adb)$/),
      expect.stringMatching(/^proven (rds|adb)$/),
      expect.stringMatching(/^proven (rds|adb)$/),
      expect.stringMatching(/^proven (rds|adb)$/),
      'promoted oci',
      'promoted secrets-manager',
    ]);
    await expect(world.verifyAudit()).resolves.toMatchObject({
      isIntact: true,
      entryCount: 14,
      noticeCount: 0,
    });
  });

  test('keeps every other key of the secret', async () => {
    const world = new World({
      extraFields: { 'x-owner': ['payments', { tier: 1 }], note: 'ä"\\' },
    });
    await world.rotate();
    const { SecretString: text = '' } = world.secretsManager.getSecretValue({
      SecretId: world.secretArn,
    });
    expect(JSON.parse(text)).toEqual({
      engine: 'postgres',
      host: 'orders.example.com',
      port: 5432,
      dbname: 'orders',
      username: 'app',
      password: world.passwordUnder('AWSCURRENT'),
      'x-owner': ['payments', { tier: 1 }],
      note: 'ä"\\',
    });
  });

  test('can be done forty times in a row without filling the mirror', async () => {
    const world = new World();
    for (let day = 1; day <= 40; day += 1) {
      expect(await world.rotate()).toMatchObject({ status: 'succeeded' });
      await world.clock.sleep(24 * 60 * 60 * 1_000);
    }
    expect(world.mirrorPassword('CURRENT')).toBe(world.passwordUnder('AWSCURRENT'));
    expect(world.metrics.filter(({ name }) => name === 'PruneFailed')).toEqual([]);
    expect(world.refusedLogins).toBe(0);
  });
});

describe('repetition', () => {
  const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

  test.each([2, 3])('every step may run %d times in a row', async (times) => {
    const world = new World();
    const versionId = await world.begin();
    for (const step of STEPS) {
      for (let run = 1; run <= times; run += 1) await world.step(step, versionId);
    }
    const current = world.passwordUnder('AWSCURRENT');
    expect(world.opened(current)).toEqual(['rds', 'adb']);
    expect(world.mirrorPassword('CURRENT')).toBe(current);
  });

  test.each(STEPS)('the whole rotation may start over after %s', async (last) => {
    const world = new World();
    const versionId = await world.begin();
    await world.steps(versionId, ...STEPS.slice(0, STEPS.indexOf(last) + 1));
    const pending = world.passwordUnder('AWSPENDING');
    await world.steps(versionId, ...STEPS);
    expect(world.passwordUnder('AWSCURRENT')).toBe(pending);
    expect(world.opened(pending)).toEqual(['rds', 'adb']);
  });

  test('a replay after the commit changes nothing', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.steps(versionId, ...STEPS);
    const current = world.passwordUnder('AWSCURRENT');
    const entries = world.entries.length;
    await world.steps(versionId, ...STEPS);
    expect(world.passwordUnder('AWSCURRENT')).toBe(current);
    expect(world.entries).toHaveLength(entries);
  });

  test('where the call died right after the commit, its replay says so in the trail', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret');
    const { labels } = world.secretsManager.inspect(world.secretArn);
    const currentId = labels.get('AWSCURRENT') ?? '';
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionId,
      RemoveFromVersionId: currentId,
    });
    await world.steps(versionId, 'finishSecret', 'finishSecret');
    const promotions = world.entries.filter(({ event }) => event === 'promoted');
    expect(promotions.map(({ subject }) => subject)).toEqual(['secrets-manager']);
  });

  test("the service's test of the configuration logs in and changes nothing in vaults and databases", async () => {
    const world = new World();
    await expect(world.testConfiguration()).resolves.toMatchObject({ status: 'succeeded' });
    expect(world.passwordUnder('AWSCURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
    expect(world.mirrorPassword('PENDING')).toBeUndefined();
    expect(world.faults.calls.filter((call) => /Put|Update|Promote/.test(call))).toEqual([
      's3:PutObject',
      's3:PutObject',
    ]);
  });

  test("fails when the configuration's test finds that a database refuses AWSCURRENT", async () => {
    const world = new World();
    world.postgres.setPassword('Example_changed_by_hand_000001');
    await expect(world.testConfiguration()).resolves.toMatchObject({
      status: 'failed',
      errorName: 'LoginRefusedError',
    });
  });
});
