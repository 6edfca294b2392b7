import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import { AUTONOMOUS_LIMITS } from '../../../local/oracle/accounts/profile.ts';

/** A world in which createSecret has run. */
async function staged(options?: WorldOptions): Promise<{ world: World; versionId: string }> {
  const world = new World(options);
  const versionId = await world.begin();
  await world.step('createSecret', versionId);
  return { world, versionId };
}

const changes = (world: World): readonly string[] =>
  world.faults.calls.filter((call) => call === 'oracle:changePassword');

describe('setSecret', () => {
  test('case 1: changes both databases and promotes nothing', async () => {
    const { world, versionId } = await staged();
    await world.step('setSecret', versionId);
    const pending = world.passwordUnder('AWSPENDING');
    expect(world.opened(pending)).toEqual(['rds', 'adb']);
    expect(world.passwordUnder('AWSCURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.refusedLogins).toBe(0);
  });

  test('changes first what can be taken back, though it comes last in the configuration', async () => {
    const { world, versionId } = await staged({ engines: ['oracle', 'postgres'] });
    await world.step('setSecret', versionId);
    expect(world.events.filter((event) => event.startsWith('changed'))).toEqual([
      'changed rds',
      'changed adb',
    ]);
  });

  test('case 2: leaves alone what an earlier attempt has changed', async () => {
    const { world, versionId } = await staged();
    await world.step('setSecret', versionId);
    expect(changes(world)).toHaveLength(1);
    await world.step('setSecret', versionId);
    expect(changes(world)).toHaveLength(1);
  });

  test('case 2: finishes what an earlier attempt has begun', async () => {
    const { world, versionId } = await staged();
    world.postgres.setPassword(world.passwordUnder('AWSPENDING') ?? '');
    await world.step('setSecret', versionId);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual(['rds', 'adb']);
  });

  test('case 3: changes from AWSPREVIOUS where a database never got AWSCURRENT', async () => {
    const world = new World();
    await world.rotate();
    await world.clock.sleep(48 * 60 * 60 * 1_000);
    world.postgres.setPassword(INITIAL_PASSWORD);
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds', 'adb']);
  });

  test('case 3: finds the password in a version that has lost its label', async () => {
    const world = new World({ engines: ['postgres'] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    const orphaned = world.passwordUnder('AWSPENDING') ?? '';
    // A person drops the label of a rotation that has already changed the database.
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionId,
    });
    expect(world.postgres.opens(orphaned)).toBe(true);
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds']);
  });

  test('case 4: fails when no stored version opens a database, and changes nothing anywhere', async () => {
    const { world, versionId } = await staged();
    world.postgres.setPassword('Example_nobody_knows_it_000001');
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'LockedOutError',
      retryability: 'terminal',
      message: expect.stringMatching(
        /^rds: it refuses every stored password of app that was tried: AWSCURRENT, AWSPENDING\./,
      ) as string,
    });
    expect(world.oracle.opens('APP', INITIAL_PASSWORD)).toBe(true);
    expect(changes(world)).toEqual([]);
  });

  test('case 4: makes at most five refused logins a step, however many versions are stored', async () => {
    const world = new World({ engines: ['postgres'] });
    for (let version = 1; version <= 12; version += 1) {
      world.saveByHand({ password: `Example_saved_by_hand_${version}` });
    }
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'LockedOutError',
    });
    expect(world.refusedLogins).toBe(5);
  });

  test('finds out before any change that a database is out of reach', async () => {
    const { world, versionId } = await staged();
    world.faults.add({ call: 'oracle:connect', fault: { kind: 'loseRequest' } });
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'DatabaseUnreachableError',
      subject: 'adb',
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
  });

  test.each(['loseReply', 'cut'] as const)(
    'takes a change whose reply is lost (%s) for what it is: done',
    async (kind) => {
      const { world, versionId } = await staged();
      // The rehearsal is the first ALTER ROLE.
      world.faults.add({ call: 'postgres:query:ALTER ROLE', fault: { kind }, skip: 1 });
      world.faults.add({ call: 'oracle:changePassword', fault: { kind } });
      await world.step('setSecret', versionId);
      expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual(['rds', 'adb']);
      expect(world.refusedLogins).toBe(0);
    },
  );

  test('stops before any change when the intent cannot be recorded', async () => {
    const { world, versionId } = await staged();
    world.faults.add({ call: 's3:PutObject', fault: { kind: 'loseRequest' }, times: 9 });
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({ name: 'AuditError' });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
  });

  test('goes on without the intent where a database refuses AWSCURRENT already', async () => {
    const { world, versionId } = await staged();
    world.postgres.setPassword(world.passwordUnder('AWSPENDING') ?? '');
    world.faults.add({ call: 's3:*', fault: { kind: 'loseRequest' }, times: 99 });
    await world.step('setSecret', versionId);
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual(['rds', 'adb']);
    expect(world.metrics).toContainEqual({ name: 'AuditFailed', value: 1, subject: undefined });
  });

  test('leaves a mirror alone that is ahead with this very rotation and opens everything', async () => {
    const world = new World({ engines: ['mysql'] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret');
    const pending = world.passwordUnder('AWSPENDING');
    const { versionNumber } = world.mirrorVersion({ stage: 'PENDING' }) ?? {};
    world.vault.updateSecret(world.secretOcid, { currentVersionNumber: versionNumber ?? 0 });
    await world.clock.sleep(5_000);
    await world.step('setSecret', versionId);
    expect(world.mirrorPassword('CURRENT')).toBe(pending);
    expect(world.events).not.toContain('mirror-levelled oci');
  });

  test('brings a mirror back to AWSCURRENT that a rotation promoted and then took back', async () => {
    const world = new World({ engines: ['postgres'] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret');
    world.faults.add({
      call: 'secretsmanager:UpdateSecretVersionStage',
      fault: { kind: 'refuse' },
      times: 9,
    });
    await expect(world.step('finishSecret', versionId)).rejects.toMatchObject({
      name: 'VaultRefusedError',
      aftermath: expect.stringContaining('rds taken back to AWSCURRENT') as string,
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds']);
    world.faults.clear();
    await world.steps(versionId, 'createSecret', 'setSecret');
    expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
    await world.steps(versionId, 'testSecret', 'finishSecret');
    expect(world.mirrorPassword('CURRENT')).toBe(world.passwordUnder('AWSCURRENT'));
  });
});

describe('a password that policy refuses', () => {
  test('takes AWSPENDING off the version, so that the next rotation makes another password', async () => {
    let isStrict = true;
    const world = new World({ postgresAccepts: () => !isStrict, retries: 0 });
    await expect(world.rotate()).resolves.toMatchObject({
      status: 'failed',
      errorName: 'PasswordPolicyError',
    });
    expect(world.passwordUnder('AWSPENDING')).toBeUndefined();
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
    expect(world.events).toContain('pending-removed secrets-manager');
    isStrict = false;
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
  });

  test('is taken back where another database has taken it already', async () => {
    const { world, versionId } = await staged();
    world.faults.add({
      call: 'oracle:changePassword',
      fault: { kind: 'refuse', code: 'ORA-28003' },
    });
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'PasswordPolicyError',
      aftermath: expect.stringMatching(
        /^rds taken back to AWSCURRENT; .*AWSPENDING was removed/,
      ) as string,
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
    expect(world.passwordUnder('AWSPENDING')).toBeUndefined();
  });
});

describe("Oracle's password rollover", () => {
  const withRollover = { oracleLimits: { ...AUTONOMOUS_LIMITS, passwordRolloverTime: 1 } };

  test('keeps the old password valid, and a retry sees that the change is made', async () => {
    const { world, versionId } = await staged(withRollover);
    await world.step('setSecret', versionId);
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['adb']);
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds', 'adb']);
    expect(changes(world)).toHaveLength(1);
  });
});
