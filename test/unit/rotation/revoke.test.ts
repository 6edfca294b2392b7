import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import { AUTONOMOUS_LIMITS } from '../../../local/oracle/accounts/profile.ts';

const NONE = 'none';
const ROLLOVER: WorldOptions = {
  engines: ['oracle'],
  oracleLimits: { ...AUTONOMOUS_LIMITS, passwordRolloverTime: 1 },
};
const WORLDS: readonly [string, WorldOptions, string][] = [
  ['Oracle', ROLLOVER, 'adb'],
  ['MySQL', { engines: ['mysql'] }, 'rds'],
  ['MariaDB', { engines: ['mariadb'], hasSuperuser: true }, 'rds'],
];

async function rotated(options: WorldOptions): Promise<World> {
  const world = new World(options);
  await world.rotate();
  return world;
}

describe.each(WORLDS)('revoke on %s', (_engine, options, name) => {
  test('ends the old password and proves the current one before and after', async () => {
    const world = await rotated(options);
    expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
    await world.step('revoke', NONE);
    expect(world.opened(INITIAL_PASSWORD)).toEqual([]);
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual([name]);
    expect(world.events.slice(-3)).toEqual([
      `overlap-end-intended ${name}`,
      `proven ${name}`,
      `overlap-ended ${name}`,
    ]);
    expect(world.refusedLogins).toBe(0);
    await expect(world.verifyAudit()).resolves.toMatchObject({ isIntact: true });
  });

  test('changes nothing when it is repeated', async () => {
    const world = await rotated(options);
    await world.step('revoke', NONE);
    await world.step('revoke', NONE);
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual([name]);
    expect(world.refusedLogins).toBe(0);
  });

  test('fails while a rotation is under way, and ends no password', async () => {
    const world = new World(options);
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    await expect(world.step('revoke', NONE)).rejects.toMatchObject({
      name: 'OverlapError',
      message: expect.stringContaining('a rotation is under way') as string,
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual([name]);
  });

  test('fails when another password is newer, though no label says so, and ends no password', async () => {
    const world = new World(options);
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    const newer = world.passwordUnder('AWSPENDING');
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionId,
    });
    await expect(world.step('revoke', NONE)).rejects.toMatchObject({
      name: 'OverlapError',
      subject: name,
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
    expect(world.opened(newer)).toEqual([name]);
  });

  test('fails when AWSCURRENT is refused, and ends no password', async () => {
    const world = await rotated(options);
    world.saveByHand({ password: 'Example_of_somebody_0000000001' });
    await expect(world.step('revoke', NONE)).rejects.toMatchObject({
      name: 'LoginRefusedError',
      subject: name,
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
  });

  test('fails without an intent in the trail, and ends no password', async () => {
    const world = await rotated(options);
    world.faults.add({ call: 's3:PutObject', fault: { kind: 'refuse' }, times: 20 });
    await expect(world.step('revoke', NONE)).rejects.toMatchObject({ name: 'AuditError' });
    expect(world.opened(INITIAL_PASSWORD)).toEqual([name]);
  });
});

describe('revoke', () => {
  test('ends nothing on any database when one of them is not ready for it', async () => {
    const world = await rotated({ ...ROLLOVER, engines: ['oracle', 'mysql'] });
    world.faults.add({ call: 'mysql:connect', fault: { kind: 'refuse' }, times: 20 });
    await expect(world.step('revoke', NONE)).rejects.toMatchObject({ subject: 'rds' });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
  });

  test('changes nothing on a database that knows one password', async () => {
    const world = await rotated({ engines: ['postgres'] });
    await world.step('revoke', NONE);
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds']);
  });

  test('fails where users alternate', async () => {
    const strategy = { kind: 'alternating-users', users: ['app', 'app_b'] } as const;
    const world = new World({ strategy, engines: ['postgres'], hasSuperuser: true });
    await world.rotate();
    await expect(world.step('revoke', NONE)).rejects.toMatchObject({ name: 'OverlapError' });
  });
});
