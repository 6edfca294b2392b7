import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import { AUTONOMOUS_LIMITS } from '../../../local/oracle/accounts/profile.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const ROLLOVER: WorldOptions = {
  engines: ['oracle'],
  oracleLimits: { ...AUTONOMOUS_LIMITS, passwordRolloverTime: 1 },
};
const WORLDS: readonly [string, WorldOptions, string][] = [
  ['Oracle', ROLLOVER, 'adb'],
  ['MySQL', { engines: ['mysql'] }, 'rds'],
  ['MariaDB', { engines: ['mariadb'], hasSuperuser: true }, 'rds'],
];

/** A rotation whose databases are changed and whose label then is taken away: it is abandoned. */
async function abandon(world: World): Promise<string> {
  const versionId = await world.begin();
  await world.steps(versionId, 'createSecret', 'setSecret');
  const password = world.passwordUnder('AWSPENDING') ?? '';
  dropPending(world, versionId);
  return password;
}

function dropPending(world: World, versionId: string): void {
  world.secretsManager.updateSecretVersionStage({
    SecretId: world.secretArn,
    VersionStage: 'AWSPENDING',
    RemoveFromVersionId: versionId,
  });
}

async function staged(world: World): Promise<string> {
  const versionId = await world.begin();
  await world.step('createSecret', versionId);
  return versionId;
}

const metrics = (world: World, name: string): readonly number[] =>
  world.metrics.filter((metric) => metric.name === name).map(({ value }) => value);

describe.each(WORLDS)('overlap on %s', (_engine, options, name) => {
  test('leaves AWSCURRENT valid after setSecret, however often it runs', async () => {
    const world = new World(options);
    const versionId = await staged(world);
    for (let run = 1; run <= 3; run += 1) {
      await world.step('setSecret', versionId);
      expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual([name]);
      expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
    }
    await world.steps(versionId, 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSPREVIOUS'))).toEqual([name]);
    expect(world.refusedLogins).toBe(0);
    expect(metrics(world, 'CurrentRefused')).toEqual([]);
  });

  test('leaves AWSCURRENT valid after rotations one right after the other, without a refused login', async () => {
    const world = new World(options);
    for (let run = 1; run <= 3; run += 1) {
      await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
      expect(world.opened(world.passwordUnder('AWSPREVIOUS'))).toEqual([name]);
      expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual([name]);
    }
    expect(world.refusedLogins).toBe(0);
  });

  test('leaves AWSCURRENT valid after abandoned rotations', async () => {
    const world = new World(options);
    const abandoned = [await abandon(world), await abandon(world)];
    expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual([name]);
    expect(abandoned.map((password) => world.opened(password))).toEqual([[], []]);
    await world.steps(versionId, 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual([name]);
  });

  test('leaves AWSCURRENT valid when two invocations of setSecret overlap', async () => {
    const world = new World(options);
    await world.rotate();
    const current = world.passwordUnder('AWSCURRENT');
    const versionId = await staged(world);
    await Promise.allSettled([
      world.step('setSecret', versionId),
      world.step('setSecret', versionId),
    ]);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual([name]);
    expect(world.opened(current)).toEqual([name]);
  });

  test('ends the old password with the change where it is off', async () => {
    const world = new World({ ...options, overlap: 'off' });
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    expect(world.opened(INITIAL_PASSWORD)).toEqual([]);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual([name]);
  });
});

describe('overlap', () => {
  test('fails where it is required and not to be had, before anything changes anywhere', async () => {
    const world = new World({ engines: ['postgres', 'oracle'], overlap: 'require' });
    const versionId = await staged(world);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'OverlapError',
      subject: 'adb',
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
    expect(world.events.some((event) => event.startsWith('change'))).toBe(false);
  });

  test('is changed before what can be taken back', async () => {
    const world = new World({ ...ROLLOVER, engines: ['postgres', 'oracle'] });
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    expect(world.events.filter((event) => event.startsWith('changed'))).toEqual([
      'changed adb',
      'changed rds',
    ]);
  });

  test('is metered with the time that the old password has left', async () => {
    const world = new World(ROLLOVER);
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    expect(metrics(world, 'OverlapMs')).toEqual([DAY_MS]);
  });
});

describe("Oracle's other half", () => {
  test('is found when a person saved the secret again after an abandoned rotation', async () => {
    const world = new World(ROLLOVER);
    const abandoned = await abandon(world);
    world.saveByHand({ note: 'saved again' });
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['adb']);
    expect(world.opened(abandoned)).toEqual([]);
    await world.steps(versionId, 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['adb']);
  });

  test('is found when a person has swapped the labels', async () => {
    const world = new World(ROLLOVER);
    await world.rotate();
    const { labels } = world.secretsManager.inspect(world.secretArn);
    const [current, previous] = [labels.get('AWSCURRENT'), labels.get('AWSPREVIOUS')];
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSCURRENT',
      RemoveFromVersionId: current,
      MoveToVersionId: previous,
    });
    expect(world.passwordUnder('AWSCURRENT')).toBe(INITIAL_PASSWORD);
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['adb']);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual(['adb']);
  });

  test('is found when a person saved the older password again and then moved the label back', async () => {
    const world = new World(ROLLOVER);
    await world.rotate();
    const { labels } = world.secretsManager.inspect(world.secretArn);
    const rotated = labels.get('AWSCURRENT');
    const current = world.passwordUnder('AWSCURRENT');
    world.saveByHand({ password: INITIAL_PASSWORD });
    const saved = world.secretsManager.inspect(world.secretArn).labels.get('AWSCURRENT');
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSCURRENT',
      RemoveFromVersionId: saved,
      MoveToVersionId: rotated,
    });
    expect(world.passwordUnder('AWSPREVIOUS')).toBe(INITIAL_PASSWORD);
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    expect(world.opened(current)).toEqual(['adb']);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual(['adb']);
  });

  test('spends no refused login on the retries of a rotation that is stuck', async () => {
    const world = new World(ROLLOVER);
    await world.rotate();
    const versionId = await staged(world);
    await world.step('setSecret', versionId);
    for (let retry = 1; retry <= 6; retry += 1) {
      await world.steps(versionId, 'createSecret', 'setSecret');
    }
    expect(world.refusedLogins).toBe(0);
  });

  test('fails when nobody has stored it, and ends no password', async () => {
    const world = new World(ROLLOVER);
    world.oracle.accounts.changePassword({
      by: 'APP',
      user: 'APP',
      oldPassword: INITIAL_PASSWORD,
      newPassword: 'Example_set_by_somebody_00001',
    });
    const versionId = await staged(world);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'OverlapUnresolvedError',
      subject: 'adb',
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['adb']);
    // The rollover ends: the older half, which AWSCURRENT is, with it.
    await world.clock.sleep(25 * 60 * 60 * 1_000);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'LockedOutError',
    });
  });
});
