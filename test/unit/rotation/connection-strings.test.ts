import { NO_VERSION } from '../../../lambda/domain/step.ts';
import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import type { WorldStrings } from '../../../local/memory/world-strings.ts';
import { World } from '../../../local/memory/world.ts';

interface Published {
  readonly password: string;
  readonly connectionStrings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function stringsOf({ strings }: World): WorldStrings {
  if (strings === undefined) throw new Error('there are no connection strings in this world');
  return strings;
}

const publishedIn = (world: World): readonly Published[] =>
  stringsOf(world).published.map((text) => JSON.parse(text) as Published);

const reached = (world: World): readonly string[] =>
  world.faults.calls.filter((call) => /^(postgres|oracle):/.test(call));

describe('a rotation with connection strings', () => {
  test('publishes the strings with the credential, in both vaults', async () => {
    const world = new World({ hasConnectionStrings: true });
    await expect(world.rotate()).resolves.toEqual({ status: 'succeeded', attempts: 1 });

    const password = world.passwordUnder('AWSCURRENT') ?? '';
    expect(password).not.toBe(INITIAL_PASSWORD);
    expect(world.opened(password)).toEqual(['rds', 'adb']);
    const [inAws, inOci] = publishedIn(world);
    expect(inAws).toEqual(inOci);
    expect(inAws?.password).toBe(password);
    expect(inAws?.connectionStrings?.['rds']?.['url']).toBe(
      `postgresql://app:${password}@rds.example.com:5432/orders?sslmode=verify-full`,
    );
    expect(world.refusedLogins).toBe(0);
  });

  test('brings secrets that hold the credential alone level before it changes anything, and once only', async () => {
    const world = new World({ hasConnectionStrings: true });
    await world.rotate();
    await world.rotate();

    const levelled = world.events.filter((event) => event.startsWith('mirror-levelled'));
    expect(levelled).toEqual([
      'mirror-levelled secrets-manager-strings',
      'mirror-levelled oci-strings',
    ]);
    expect(world.events.indexOf('mirror-levelled oci-strings')).toBeLessThan(
      world.events.indexOf('change-intended rds'),
    );
    await expect(world.verifyAudit()).resolves.toMatchObject({ isIntact: true });
  });

  test('follows a configuration that has changed with the next rotation', async () => {
    const world = new World({ hasConnectionStrings: true });
    await world.rotate();
    stringsOf(world).targets = [
      { name: 'rds', engine: 'postgres', host: 'new.example.com', port: 5432, database: 'orders' },
    ];

    await expect(world.rotate()).resolves.toEqual({ status: 'succeeded', attempts: 1 });

    const password = world.passwordUnder('AWSCURRENT') ?? '';
    for (const published of publishedIn(world)) {
      expect(published.connectionStrings).toEqual({
        rds: {
          url: `postgresql://app:${password}@new.example.com:5432/orders?sslmode=verify-full`,
          jdbc: `jdbc:postgresql://new.example.com:5432/orders?user=app&password=${password}&sslmode=verify-full`,
        },
      });
    }
  });

  test('goes on where the configuration changes between two steps', async () => {
    const world = new World({ hasConnectionStrings: true });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    const [, oracle] = stringsOf(world).targets;
    stringsOf(world).targets = oracle === undefined ? [] : [oracle];

    await world.steps(versionId, 'testSecret', 'finishSecret');

    for (const { password, connectionStrings = {} } of publishedIn(world)) {
      expect(password).toBe(world.passwordUnder('AWSCURRENT'));
      expect(Object.keys(connectionStrings)).toEqual(['adb']);
    }
  });

  test('fails when somebody wrote other strings under the name of the pending version, and logs in nowhere', async () => {
    const world = new World({ hasConnectionStrings: true });
    await world.rotate();
    const published = world.passwordUnder('AWSCURRENT');
    const seen = reached(world).length;
    const { secretArn } = stringsOf(world);
    const suffix = [...world.secretsManager.inspect(secretArn).versions.keys()].at(-1)?.slice(-9);
    const versionId = await world.begin();
    world.secretsManager.putSecretValue({
      SecretId: secretArn,
      ClientRequestToken: `${versionId}${suffix}`,
      SecretString: JSON.stringify({ username: 'app', password: 'Example_forged_password_000001' }),
      VersionStages: ['AWSPENDING'],
    });

    const refusal = { name: 'MirrorMismatchError', subject: 'secrets-manager-strings' };
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject(refusal);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject(refusal);

    expect(reached(world)).toHaveLength(seen);
    expect(world.passwordUnder('AWSCURRENT')).toBe(published);
  });

  test('fails when a second secret cannot be promoted, says that it lags, and the retry brings it level', async () => {
    const world = new World({ hasConnectionStrings: true });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret', 'testSecret');
    // The first promotion in OCI is that of the credential itself.
    const fault = { kind: 'loseRequest' } as const;
    world.faults.add({ call: 'oci:PromoteSecretVersion', fault, skip: 1 });

    await expect(world.step('finishSecret', versionId)).rejects.toMatchObject({
      name: 'VaultUnreachableError',
      subject: 'oci-strings',
      aftermath: expect.stringMatching(/AWSCURRENT was moved .*; oci-strings lags until/) as string,
    });
    const password = world.passwordUnder('AWSCURRENT');
    expect(publishedIn(world).map((one) => one.password)).toEqual([password, INITIAL_PASSWORD]);

    await world.step('finishSecret', versionId);

    expect(publishedIn(world).map((one) => one.password)).toEqual([password, password]);
  });

  test('is rehearsed, and told from a second secret that holds the credential alone', async () => {
    const world = new World({ hasConnectionStrings: true });
    const levels = async (): Promise<unknown> =>
      (await world.step('rehearse', NO_VERSION))?.mirrors.map((one) => one.isReady && one.isLevel);

    expect(await levels()).toEqual([true, false, false]);
    await world.rotate();
    expect(await levels()).toEqual([true, true, true]);
  });

  test('writes nothing when the service tests the configuration', async () => {
    const world = new World({ hasConnectionStrings: true });
    const before = stringsOf(world).published;

    await expect(world.testConfiguration()).resolves.toEqual({ status: 'succeeded', attempts: 1 });

    expect(stringsOf(world).published).toEqual(before);
    expect(world.faults.calls).not.toContain('secretsmanager:PutSecretValue');
    expect(world.faults.calls).not.toContain('oci:UpdateSecret');
  });

  test('has old versions deleted in OCI; Secrets Manager removes them by itself', async () => {
    const world = new World({ hasConnectionStrings: true });
    for (let day = 1; day <= 9; day += 1) {
      await world.rotate();
      await world.clock.sleep(24 * 60 * 60 * 1_000);
    }

    const retired = world.events.filter((event) => event.startsWith('version-retired'));
    expect(new Set(retired)).toEqual(
      new Set(['version-retired oci', 'version-retired oci-strings']),
    );
    expect(world.metrics.filter(({ name }) => name === 'PruneFailed')).toEqual([]);
  });
});
