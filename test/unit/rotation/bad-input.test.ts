import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World } from '../../../local/memory/world.ts';

const OTHER_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:billing-000009';
const UNKNOWN_VERSION = '00000000-0000-4000-8000-00000000abcd';

const reached = (world: World): readonly string[] =>
  world.faults.calls.filter((call) => /^(postgres|oracle):/.test(call));

const fields = {
  engine: 'postgres',
  host: 'orders.example.com',
  port: 5432,
  dbname: 'orders',
  username: 'app',
};

describe('bad input', () => {
  test('fails when the event is for another secret', async () => {
    const world = new World();
    const versionId = await world.begin();
    await expect(world.step('createSecret', versionId, OTHER_ARN)).rejects.toMatchObject({
      name: 'WrongSecretError',
      retryability: 'terminal',
    });
    expect(world.faults.calls.filter((call) => call.startsWith('secretsmanager:'))).toEqual([]);
  });

  test('fails when the token is no version of the secret', async () => {
    const world = new World();
    await world.begin();
    await expect(world.step('createSecret', UNKNOWN_VERSION)).rejects.toMatchObject({
      name: 'UnknownVersionError',
    });
    expect(reached(world)).toEqual([]);
  });

  test('fails when the version does not carry AWSPENDING', async () => {
    const world = new World();
    await world.rotate();
    await world.clock.sleep(48 * 60 * 60 * 1_000);
    const [old] = [...world.secretsManager.inspect(world.secretArn).labels].find(
      ([label]) => label === 'AWSPREVIOUS',
    ) ?? ['', ''];
    expect(old).toBe('AWSPREVIOUS');
    const previous = world.secretsManager.inspect(world.secretArn).labels.get('AWSPREVIOUS') ?? '';
    const seen = reached(world).length;
    await expect(world.step('setSecret', previous)).rejects.toMatchObject({
      name: 'NotPendingError',
    });
    expect(reached(world)).toHaveLength(seen);
  });

  test('fails when rotation is switched off, in createSecret only', async () => {
    const world = new World();
    const versionId = await world.begin();
    const state = world.secretsManager.inspect(world.secretArn);
    if (state.rotation === undefined) throw new Error('rotation was configured');
    const off = { ...state, rotation: { ...state.rotation, enabled: false } };
    world.secretsManager.replace(off);
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      name: 'RotationDisabledError',
    });
    world.secretsManager.replace(state);
    await world.step('createSecret', versionId);
    const staged = world.secretsManager.inspect(world.secretArn);
    world.secretsManager.replace({ ...staged, rotation: off.rotation });
    await world.steps(versionId, 'setSecret', 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds', 'adb']);
  });

  test.each([
    ['is not JSON', 'not json at all, example', 'not JSON'],
    ['lacks the user name', JSON.stringify({ password: 'Example_x' }), 'username is missing'],
    ['lacks the password', JSON.stringify({ username: 'app' }), 'password is missing'],
  ])('fails when the secret %s', async (_what, text, finding) => {
    const world = new World();
    world.secretsManager.putSecretValue({
      SecretId: world.secretArn,
      ClientRequestToken: UNKNOWN_VERSION,
      SecretString: text,
    });
    const versionId = await world.begin();
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      name: 'SecretFormatError',
      message: expect.stringContaining(finding) as string,
    });
    expect(reached(world)).toEqual([]);
    expect(world.logs.join('\n')).not.toContain('Example_x');
    expect(world.logs.join('\n')).not.toContain('not json at all');
  });

  const GOOD = 'Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa0_Aa';
  test.each([
    ['names another user', { ...fields, username: 'postgres', password: GOOD }, 'username'],
    ['names another host', { ...fields, host: 'evil.example.com', password: GOOD }, 'host'],
    ['has one key more', { ...fields, password: GOOD, sslmode: 'off' }, 'sslmode'],
    ['lacks a key', { username: 'app', password: GOOD }, 'engine, host, port, dbname'],
    [
      'holds SQL for a password',
      { ...fields, password: `x'; DROP ROLE app; --Aa0_aaaaaa` },
      'a password that Lockstep did not make',
    ],
    ['holds the current password', { ...fields, password: INITIAL_PASSWORD }, 'AWSCURRENT'],
  ])('fails when the pending document %s', async (_what, pending, finding) => {
    const world = new World();
    // Lets the version hold a value that differs from AWSCURRENT though its password is the same.
    world.saveByHand({ note: '' });
    const versionId = await world.begin();
    world.writePending(versionId, { ...pending, ...('sslmode' in pending ? {} : { note: '' }) });
    for (const step of ['createSecret', 'setSecret', 'finishSecret'] as const) {
      await expect(world.step(step, versionId)).rejects.toMatchObject({
        name: 'PendingMismatchError',
        message: expect.stringContaining(finding) as string,
      });
    }
    expect(reached(world)).toEqual([]);
    expect(world.mirrorPassword('PENDING')).toBeUndefined();
    expect(world.logs.join('\n')).not.toContain('DROP ROLE');
  });

  test("fails when the OCI secret is managed by OCI's own rotation", async () => {
    const world = new World();
    world.faults.clear();
    const versionId = await world.begin();
    world.vault.updateSecret(world.secretOcid, {
      rotationConfig: {
        rotationInterval: 'P30D',
        isScheduledRotationEnabled: true,
        targetSystemDetails: { targetSystemType: 'FUNCTION', functionId: 'ocid1.fnfunc.oc1..x' },
      },
    });
    await world.clock.sleep(5_000);
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      name: 'MirrorManagedElsewhereError',
      subject: 'oci',
    });
    expect(reached(world)).toEqual([]);
    expect(world.mirrorPassword('PENDING')).toBeUndefined();
  });

  test('fails when the OCI secret does not exist, and stages nothing in AWS', async () => {
    const world = new World();
    const versionId = await world.begin();
    world.vault.scheduleSecretDeletion(world.secretOcid);
    await world.clock.sleep(5_000);
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      name: 'VaultRefusedError',
      subject: 'oci',
    });
    expect(world.passwordUnder('AWSPENDING')).toBeUndefined();
    expect(reached(world)).toEqual([]);
  });

  test('fails when the mirror holds another value than AWSPENDING, and no password goes anywhere', async () => {
    const world = new World();
    const versionId = await world.begin();
    const content = JSON.stringify({ ...fields, password: GOOD });
    world.writePending(versionId, { ...fields, password: 'Bb1_Bb1_Bb1_Bb1_Bb1_Bb1_Bb1_Bb' });
    world.vault.updateSecret(world.secretOcid, {
      secretContent: {
        contentType: 'BASE64',
        content: Buffer.from(content).toString('base64'),
        name: versionId,
        stage: 'PENDING',
      },
    });
    await world.clock.sleep(5_000);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'MirrorMismatchError',
    });
    expect(reached(world)).toEqual([]);
  });

  test('records the failure and meters it by its kind and by its step', async () => {
    const world = new World();
    await world.begin();
    await expect(world.step('createSecret', UNKNOWN_VERSION)).rejects.toThrow();
    expect(world.entries.at(-1)).toMatchObject({
      event: 'step-failed',
      error: 'UnknownVersionError',
      step: 'createSecret',
    });
    expect(world.metrics).toContainEqual({
      name: 'StepFailed',
      value: 1,
      subject: 'UnknownVersionError',
    });
    expect(world.metrics).toContainEqual({ name: 'StepFailed', value: 1, subject: 'createSecret' });
  });
});
