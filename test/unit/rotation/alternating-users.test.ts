import { INITIAL_PASSWORD, OTHER_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import type { Engine } from '../../../lambda/ports/database.ts';

const ENGINES: readonly Engine[] = ['postgres', 'mysql', 'mariadb', 'oracle'];
const OTHER_USER = 'app_b';
const STRATEGY = { kind: 'alternating-users', users: ['app', OTHER_USER] } as const;

/** A world in which both users have been rotated before: AWSPREVIOUS holds the other one. */
function rotatedBefore(options: WorldOptions): World {
  const world = new World({ strategy: STRATEGY, ...options });
  world.saveByHand({ username: OTHER_USER, password: OTHER_PASSWORD });
  world.saveByHand({ username: 'app', password: INITIAL_PASSWORD });
  return world;
}

interface Document {
  readonly username: string;
  readonly password: string;
}

function document(world: World, label: string): Document {
  const { labels, versions } = world.secretsManager.inspect(world.secretArn);
  const value = versions.get(labels.get(label) ?? '')?.value;
  if (value === undefined || !('text' in value)) throw new Error(`no value under ${label}`);
  return JSON.parse(value.text) as Document;
}

/** Whether the one database of a world takes what stands under the label. */
function opens(world: World, label: string): boolean {
  const { username, password } = document(world, label);
  return world.databases.every((database) => database.opens(username, password));
}

describe.each(ENGINES)('alternating users on %s', (engine) => {
  test('change the password of the other user, without a superuser and without a refused login', async () => {
    const world = rotatedBefore({ engines: [engine] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    expect(document(world, 'AWSPENDING').username).toBe('app_b');
    expect(opens(world, 'AWSCURRENT')).toBe(true);
    expect(opens(world, 'AWSPENDING')).toBe(true);
    expect(opens(world, 'AWSPREVIOUS')).toBe(false);
    await world.steps(versionId, 'testSecret', 'finishSecret');
    expect(document(world, 'AWSCURRENT').username).toBe('app_b');
    expect(document(world, 'AWSPREVIOUS')).toMatchObject({
      username: 'app',
      password: INITIAL_PASSWORD,
    });
    expect(opens(world, 'AWSPREVIOUS')).toBe(true);
    expect(world.refusedLogins).toBe(0);
  });

  test('go on and on', async () => {
    const world = rotatedBefore({ engines: [engine] });
    const users: string[] = [];
    for (let run = 1; run <= 4; run += 1) {
      await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
      users.push(document(world, 'AWSCURRENT').username);
      expect(opens(world, 'AWSCURRENT')).toBe(true);
      expect(opens(world, 'AWSPREVIOUS')).toBe(true);
    }
    expect(users).toEqual(['app_b', 'app', 'app_b', 'app']);
    expect(world.refusedLogins).toBe(0);
  });

  test('need the superuser for the first rotation, which makes no refused login', async () => {
    const world = new World({ strategy: STRATEGY, engines: [engine], hasSuperuser: true });
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
    expect(document(world, 'AWSCURRENT').username).toBe('app_b');
    expect(opens(world, 'AWSCURRENT')).toBe(true);
    expect(opens(world, 'AWSPREVIOUS')).toBe(true);
    const refused = world.databases.map((database) => database.refusedLogins(OTHER_USER));
    expect(refused).toEqual([0]);
  });

  test('fail without one, and change nothing', async () => {
    const world = new World({ strategy: STRATEGY, engines: [engine] });
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'LockedOutError',
      message: expect.stringContaining('every stored password of app_b') as string,
    });
    expect(opens(world, 'AWSCURRENT')).toBe(true);
    expect(world.databases.every((one) => one.opens(OTHER_USER, OTHER_PASSWORD))).toBe(true);
  });

  test('find the other user when a person saved the secret again', async () => {
    const world = rotatedBefore({ engines: [engine] });
    world.saveByHand({ port: 5433 });
    expect(document(world, 'AWSPREVIOUS').username).toBe('app');
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
    expect(document(world, 'AWSCURRENT').username).toBe('app_b');
    expect(opens(world, 'AWSCURRENT')).toBe(true);
  });

  test('find the other user after an abandoned rotation', async () => {
    const world = rotatedBefore({ engines: [engine] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionId,
    });
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
    expect(opens(world, 'AWSCURRENT')).toBe(true);
    expect(opens(world, 'AWSPREVIOUS')).toBe(true);
  });
});

describe('alternating users', () => {
  test('are never taken back: what fails later leaves AWSCURRENT as it is', async () => {
    const world = rotatedBefore({ engines: ['postgres', 'oracle'] });
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    world.faults.add({ call: 'oracle:connect', fault: { kind: 'refuse' }, times: 20 });
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'DatabaseUnreachableError',
    });
    world.faults.clear();
    expect(opens(world, 'AWSCURRENT')).toBe(true);
    expect(world.events.some((event) => event.startsWith('restored'))).toBe(false);
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret', 'finishSecret');
    expect(opens(world, 'AWSCURRENT')).toBe(true);
  });

  test('fail when the pending document is of the user that AWSCURRENT holds', async () => {
    const world = rotatedBefore({ engines: ['postgres'] });
    const versionId = await world.begin();
    const pending = document(world, 'AWSCURRENT');
    world.writePending(versionId, { ...pending, password: 'Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa' });
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'PendingMismatchError',
      message: expect.stringContaining('another username: expected app_b') as string,
    });
  });

  test('fail when AWSCURRENT holds neither of them', async () => {
    const world = new World({ strategy: { ...STRATEGY, users: ['app_a', 'app_b'] } });
    const versionId = await world.begin();
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      name: 'ConfigurationError',
    });
  });

  test('bring a mirror level that an abandoned rotation has promoted', async () => {
    const world = rotatedBefore({ engines: ['postgres'] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret');
    world.faults.add({
      call: 'secretsmanager:UpdateSecretVersionStage',
      fault: { kind: 'refuse' },
      times: 20,
    });
    await expect(world.step('finishSecret', versionId)).rejects.toMatchObject({});
    world.faults.clear();
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionId,
    });
    expect(world.mirrorPassword('CURRENT')).not.toBe(INITIAL_PASSWORD);
    const next = await world.begin();
    await world.steps(next, 'createSecret', 'setSecret');
    expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
  });
});
