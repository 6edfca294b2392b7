import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';

const OUTAGE = { fault: { kind: 'loseRequest' }, times: 200 } as const;

async function changed(options?: WorldOptions): Promise<{ world: World; versionId: string }> {
  const world = new World(options);
  const versionId = await world.begin();
  await world.steps(versionId, 'createSecret', 'setSecret');
  return { world, versionId };
}

describe('the rule of least lock-out', () => {
  test('1. AWSCURRENT opens every database that answers: throws and touches nothing', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    world.faults.add({ call: 'oci:*', ...OUTAGE });
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'VaultUnreachableError',
      aftermath: 'AWSCURRENT opens every database that answers',
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
  });

  test('2. all that refuse it can be taken back: takes them back, whichever attempt changed them', async () => {
    const { world, versionId } = await changed({ engines: ['postgres'] });
    world.faults.add({ call: 'oci:*', ...OUTAGE });
    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      name: 'VaultUnreachableError',
      aftermath: 'rds taken back to AWSCURRENT; AWSCURRENT opens every database that answers',
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds']);
    expect(world.events.slice(-3)).toEqual([
      'change-intended rds',
      'restored rds',
      'step-failed oci',
    ]);
  });

  test('2. takes back without the audit trail, because people are kept out', async () => {
    const { world, versionId } = await changed({ engines: ['postgres'] });
    world.faults.add({ call: 'oci:*', ...OUTAGE }).add({ call: 's3:*', ...OUTAGE });
    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      aftermath: expect.stringContaining('rds taken back') as string,
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds']);
  });

  test('2. says so, and meters it, when taking back fails', async () => {
    const { world, versionId } = await changed({ engines: ['postgres'] });
    world.faults
      .add({ call: 'oci:*', ...OUTAGE })
      .add({ call: 'postgres:query:ALTER ROLE', ...OUTAGE });
    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      aftermath: 'rds could NOT be taken back and refuses AWSCURRENT',
    });
    expect(world.metrics).toContainEqual({ name: 'RestoreFailed', value: 1, subject: 'rds' });
    expect(world.metrics).toContainEqual({ name: 'CurrentRefused', value: 1, subject: 'rds' });
  });

  test('2. takes a lost reply of the taking back for what it is: done', async () => {
    const { world, versionId } = await changed({ engines: ['postgres'] });
    world.faults
      .add({ call: 'oci:*', ...OUTAGE })
      .add({ call: 'postgres:query:ALTER ROLE', fault: { kind: 'loseReply' } });
    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      aftermath: expect.stringContaining('rds taken back') as string,
    });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds']);
  });

  test('3. one cannot be taken back: goes forward, moves AWSCURRENT, and says which mirror lags', async () => {
    const { world, versionId } = await changed();
    const pending = world.passwordUnder('AWSPENDING');
    world.faults.add({ call: 'oci:*', ...OUTAGE });
    await expect(world.step('finishSecret', versionId)).rejects.toMatchObject({
      name: 'VaultUnreachableError',
      aftermath: expect.stringMatching(
        /^AWSCURRENT was moved to the new version.*; oci lags until/,
      ) as string,
    });
    expect(world.passwordUnder('AWSCURRENT')).toBe(pending);
    expect(world.opened(pending)).toEqual(['rds', 'adb']);
    expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.metrics).toContainEqual({ name: 'MirrorLag', value: 1, subject: 'oci' });

    world.faults.clear();
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret', 'finishSecret');
    expect(world.mirrorPassword('CURRENT')).toBe(pending);
  });

  test('3. stays where pending cannot be proven on every database', async () => {
    const { world, versionId } = await changed();
    world.faults.add({ call: 'postgres:connect', ...OUTAGE });
    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      name: 'DatabaseUnreachableError',
      aftermath: expect.stringContaining('AWSCURRENT was not moved') as string,
    });
    expect(world.passwordUnder('AWSCURRENT')).toBe(INITIAL_PASSWORD);
    world.faults.clear();
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds', 'adb']);
  });

  test('a database that does not answer decides nothing', async () => {
    const { world, versionId } = await changed({ engines: ['postgres'] });
    world.faults.add({ call: 'postgres:connect', ...OUTAGE });
    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      aftermath: 'AWSCURRENT opens every database that answers',
    });
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual(['rds']);
  });

  test('a duplicate that takes back while the first call commits ends with AWSCURRENT opening everything', async () => {
    const { world, versionId } = await changed({ engines: ['postgres'] });
    await world.step('testSecret', versionId);
    // The duplicate's promotion of the mirror fails while the first call finishes.
    world.faults.add({ call: 'oci:PromoteSecretVersion', fault: { kind: 'loseRequest' } });
    const outcomes = await Promise.allSettled([
      world.step('finishSecret', versionId),
      world.step('finishSecret', versionId),
    ]);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds']);
  });
});

describe('the commit', () => {
  test('is seen to be made when its reply is lost', async () => {
    const { world, versionId } = await changed();
    world.faults.add({
      call: 'secretsmanager:UpdateSecretVersionStage',
      fault: { kind: 'loseReply' },
    });
    await world.step('finishSecret', versionId);
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds', 'adb']);
  });

  test('is sent again when the request is lost', async () => {
    const { world, versionId } = await changed();
    world.faults.add({
      call: 'secretsmanager:UpdateSecretVersionStage',
      fault: { kind: 'loseRequest' },
    });
    await world.step('finishSecret', versionId);
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds', 'adb']);
  });

  test('fails when no answer tells whether it was made, and takes nothing back', async () => {
    const { world, versionId } = await changed({ engines: ['postgres'] });
    world.faults.add({ call: 'secretsmanager:UpdateSecretVersionStage', ...OUTAGE });
    await expect(world.step('finishSecret', versionId)).rejects.toMatchObject({
      name: 'CommitUnknownError',
    });
    expect(world.opened(world.passwordUnder('AWSPENDING'))).toEqual(['rds']);
    world.faults.clear();
    await world.step('finishSecret', versionId);
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds']);
  });

  test('comes after the mirrors', async () => {
    const { world, versionId } = await changed();
    await world.step('finishSecret', versionId);
    const { calls } = world.faults;
    expect(calls.indexOf('oci:PromoteSecretVersion')).toBeGreaterThan(0);
    expect(calls.indexOf('secretsmanager:UpdateSecretVersionStage')).toBeGreaterThan(
      calls.indexOf('oci:PromoteSecretVersion'),
    );
  });

  test('fails when its audit entry is missing, after the label has moved', async () => {
    const { world, versionId } = await changed();
    world.faults.add({ call: 's3:*', ...OUTAGE });
    await expect(world.step('finishSecret', versionId)).rejects.toMatchObject({
      name: 'AuditError',
    });
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds', 'adb']);
    expect(world.mirrorPassword('CURRENT')).toBe(world.passwordUnder('AWSCURRENT'));
  });

  test('is not undone by a prune that fails', async () => {
    const { world, versionId } = await changed();
    world.faults.add({ call: 'oci:ListSecretVersions', ...OUTAGE });
    await world.step('finishSecret', versionId);
    expect(world.metrics).toContainEqual({ name: 'PruneFailed', value: 1, subject: 'oci' });
  });
});
