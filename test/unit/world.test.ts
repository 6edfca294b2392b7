import { base64Of, documentText, INITIAL_PASSWORD } from '../../local/memory/initial-state.ts';
import { World } from '../../local/memory/world.ts';
import { SeededRandom } from '../../local/simulation/random.ts';

const OTHER = 'Example_other_password_0000001';

describe('a world', () => {
  test('begins with one password in both vaults and on every database', () => {
    const world = new World();
    expect(world.passwordUnder('AWSCURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds', 'adb']);
    expect(world.passwordUnder('AWSPENDING')).toBeUndefined();
    expect(world.mirrorPassword('PENDING')).toBeUndefined();
  });

  test.each(['postgres', 'mysql', 'mariadb', 'oracle'] as const)(
    "lets an administrator set a password of %s, and nobody's login is counted",
    (engine) => {
      const world = new World({ engines: [engine] });
      const [database] = world.databases;
      database?.setPassword('app', OTHER);
      expect(database?.opens('app', OTHER)).toBe(true);
      expect(database?.opens('app', INITIAL_PASSWORD)).toBe(false);
      expect(database?.isLocked('app')).toBe(false);
      expect(world.refusedLogins).toBe(0);
    },
  );

  test('knows of an account that Oracle has locked', () => {
    const world = new World({ engines: ['oracle'] });
    world.oracle.accounts.lock('APP');
    expect(world.oracle.isLocked('app')).toBe(true);
  });

  test('shows an onlooker what OCI holds, though reading lags', async () => {
    const world = new World({ mirrorLagMs: 60_000 });
    world.vault.updateSecret(world.secretOcid, {
      secretContent: { contentType: 'BASE64', content: base64Of(documentText(OTHER)) },
    });
    const { body } = world.vault.getSecretBundle(world.secretOcid);
    expect(body.versionNumber).toBe(1);
    expect(world.mirrorPassword('CURRENT')).toBe(OTHER);
    expect(world.mirrorVersion({ versionNumber: 2 })).toMatchObject({
      stages: ['CURRENT', 'LATEST'],
      text: documentText(OTHER),
    });
    await world.clock.sleep(61_000);
    expect(world.vault.getSecretBundle(world.secretOcid).body.versionNumber).toBe(2);
  });

  test('gives an alternating user a password that no vault holds', () => {
    const strategy = { kind: 'alternating-users', users: ['app', 'app_b'] } as const;
    const world = new World({ strategy });
    expect(world.databases.map((database) => database.opens('app_b', INITIAL_PASSWORD))).toEqual([
      false,
      false,
    ]);
    expect(
      world.databases.map((database) => database.opens('app_b', 'Example_inactive_password_0001')),
    ).toEqual([true, true]);
  });

  test('is the same twice where its chance is', async () => {
    const makeWorld = (): World => new World({ chance: new SeededRandom(5) });
    const worlds = [makeWorld(), makeWorld()];
    for (const world of worlds) await world.rotate();
    const [one, other] = worlds.map((world) => world.passwordUnder('AWSCURRENT'));
    expect(one).toBe(other);
    expect(one).not.toBe(INITIAL_PASSWORD);
  });
});
