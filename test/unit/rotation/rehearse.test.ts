import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import { AUTONOMOUS_LIMITS } from '../../../local/oracle/accounts/profile.ts';

const NONE = 'none';
const ALTERNATING: WorldOptions = {
  strategy: { kind: 'alternating-users', users: ['app', 'app_b'] },
  engines: ['postgres', 'mysql'],
  hasSuperuser: true,
};

/** All that a rotation could have left behind, without a password. */
function traces(world: World): object {
  const { labels, versions } = world.secretsManager.inspect(world.secretArn);
  return {
    labels: [...labels],
    versions: [...versions.keys()],
    pendingInMirror: world.mirrorVersion({ stage: 'PENDING' }),
    opened: world.opened(INITIAL_PASSWORD),
  };
}

describe('rehearse', () => {
  test('says of each database and vault what a rotation would do, and changes nothing', async () => {
    const world = new World({
      engines: ['oracle', 'postgres'],
      oracleLimits: { ...AUTONOMOUS_LIMITS, passwordRolloverTime: 1 },
    });
    const before = traces(world);
    expect(await world.step('rehearse', NONE)).toEqual({
      username: 'app',
      databases: [
        {
          name: 'adb',
          engine: 'oracle',
          isReady: true,
          openedBy: 'AWSCURRENT',
          keptForMs: 86_400_000,
          isTakenBack: false,
        },
        {
          name: 'rds',
          engine: 'postgres',
          isReady: true,
          openedBy: 'AWSCURRENT',
          keptForMs: 0,
          isTakenBack: true,
        },
      ],
      mirrors: [{ name: 'oci', isReady: true, isLevel: true }],
    });
    expect(traces(world)).toEqual(before);
    expect(world.events).toEqual(['rehearsed adb', 'rehearsed rds', 'rehearsed oci']);
    expect(world.refusedLogins).toBe(0);
    expect(world.openSessions).toBe(0);
    await expect(world.verifyAudit()).resolves.toMatchObject({ isIntact: true });
  });

  test('leaves the way free for a rotation, and may be repeated', async () => {
    const world = new World();
    await world.step('rehearse', NONE);
    await world.step('rehearse', NONE);
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded', attempts: 1 });
  });

  test('tells that MySQL would keep the old password until the rotation after', async () => {
    const world = new World({ engines: ['mysql'] });
    expect(await world.step('rehearse', NONE)).toMatchObject({
      databases: [{ isReady: true, keptForMs: null, isTakenBack: true }],
    });
  });

  test('rehearses the other user where users alternate', async () => {
    const world = new World(ALTERNATING);
    await world.rotate();
    expect(await world.step('rehearse', NONE)).toMatchObject({
      username: 'app',
      databases: [
        { isReady: true, openedBy: 'AWSPREVIOUS', keptForMs: 0, isTakenBack: false },
        { isReady: true, openedBy: 'AWSPREVIOUS', keptForMs: 0, isTakenBack: false },
      ],
    });
    expect(world.refusedLogins).toBe(0);
  });

  test('names the database that could not go on, and tells of the others all the same', async () => {
    const world = new World({ engines: ['oracle', 'postgres'] });
    world.faults.add({ call: 'postgres:connect', fault: { kind: 'refuse' }, times: 20 });
    expect(await world.step('rehearse', NONE)).toMatchObject({
      databases: [
        { name: 'adb', isReady: true },
        { name: 'rds', isReady: false, error: 'DatabaseUnreachableError' },
      ],
    });
    expect(world.entries.map(({ subject, error }) => [subject, error])).toEqual([
      ['adb', undefined],
      ['rds', 'DatabaseUnreachableError'],
      ['oci', undefined],
    ]);
  });

  test('names a vault that does not answer', async () => {
    const world = new World({ engines: ['postgres'] });
    world.faults.add({ call: 'oci:*', fault: { kind: 'loseRequest' }, times: 100 });
    expect(await world.step('rehearse', NONE)).toMatchObject({
      databases: [{ isReady: true }],
      mirrors: [{ name: 'oci', isReady: false, error: 'VaultUnreachableError' }],
    });
  });

  test('tells that no stored password opens a database, within the budget of refused logins', async () => {
    const world = new World({ engines: ['postgres'] });
    world.postgres.setPassword('Example_of_somebody_0000000001');
    expect(await world.step('rehearse', NONE)).toMatchObject({
      databases: [{ isReady: false, error: 'LockedOutError' }],
    });
    expect(world.refusedLogins).toBe(1);
  });

  test('tells of a policy that refuses a new password, without trying it in a login', async () => {
    const world = new World({ engines: ['postgres'], postgresAccepts: () => false });
    expect(await world.step('rehearse', NONE)).toMatchObject({
      databases: [{ isReady: false, error: 'PasswordPolicyError' }],
    });
    expect(world.refusedLogins).toBe(0);
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds']);
  });

  test('fails while a rotation is under way, and opens no database', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    const calls = world.faults.calls.length;
    await expect(world.step('rehearse', NONE)).rejects.toMatchObject({
      name: 'RotationUnderWayError',
    });
    const later = world.faults.calls.slice(calls);
    expect(later.filter((call) => call.endsWith(':connect'))).toEqual([]);
  });
});
