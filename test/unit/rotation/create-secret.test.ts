import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { World } from '../../../local/memory/world.ts';

const named = (name: string, text = ''): Error =>
  expect.objectContaining({ name, message: expect.stringContaining(text) as string }) as Error;

describe('createSecret', () => {
  test('stages the same new password in both vaults and touches no database', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    const pending = world.passwordUnder('AWSPENDING');
    expect(pending).toMatch(/^[A-Za-z][A-Za-z0-9_]{29}$/);
    expect(world.mirrorPassword('PENDING')).toBe(pending);
    expect(world.passwordUnder('AWSCURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.mirrorPassword('CURRENT')).toBe(INITIAL_PASSWORD);
    expect(world.faults.calls.filter((call) => /postgres|oracle/.test(call))).toEqual([]);
  });

  test('case 1: keeps the value that an earlier attempt wrote, and mirrors that', async () => {
    const world = new World();
    const versionId = await world.begin();
    world.faults.add({ call: 'oci:UpdateSecret', fault: { kind: 'loseRequest' } });
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      name: 'VaultUnreachableError',
    });
    const first = world.passwordUnder('AWSPENDING');
    await world.step('createSecret', versionId);
    expect(world.passwordUnder('AWSPENDING')).toBe(first);
    expect(world.mirrorPassword('PENDING')).toBe(first);
  });

  test('case 1: keeps the value when the reply to the first write was lost', async () => {
    const world = new World();
    const versionId = await world.begin();
    world.faults.add({ call: 'secretsmanager:PutSecretValue', fault: { kind: 'loseReply' } });
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      name: 'VaultUnreachableError',
    });
    const first = world.passwordUnder('AWSPENDING');
    expect(first).toBeDefined();
    await world.step('createSecret', versionId);
    expect(world.passwordUnder('AWSPENDING')).toBe(first);
  });

  test('case 2: two attempts at once end with one password', async () => {
    const world = new World();
    const versionId = await world.begin();
    await Promise.all([
      world.step('createSecret', versionId),
      world.step('createSecret', versionId),
    ]);
    const pending = world.passwordUnder('AWSPENDING');
    expect(pending).toBeDefined();
    expect(world.mirrorPassword('PENDING')).toBe(pending);
  });

  test('case 3: accepts the version that OCI already has under this name', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    const staged = world.events.filter((event) => event === 'staged oci');
    await world.step('createSecret', versionId);
    expect(world.events.filter((event) => event === 'staged oci')).toEqual(staged);
  });

  test('case 3: fails when OCI has another value under this name', async () => {
    const world = new World();
    const versionId = await world.begin();
    const content = JSON.stringify({ username: 'app', password: 'Example_other_password_0000001' });
    world.vault.updateSecret(world.secretOcid, {
      secretContent: {
        contentType: 'BASE64',
        content: Buffer.from(content).toString('base64'),
        name: versionId,
        stage: 'PENDING',
      },
    });
    await world.clock.sleep(5_000);
    await expect(world.step('createSecret', versionId)).rejects.toEqual(
      named('MirrorMismatchError', 'oci: its version'),
    );
  });

  test('case 4: fails when OCI refuses, saying which permission it needs', async () => {
    const world = new World();
    const versionId = await world.begin();
    world.faults.add({ call: 'oci:UpdateSecret', fault: { kind: 'refuse' } });
    await expect(world.step('createSecret', versionId)).rejects.toEqual(
      named('VaultRefusedError', 'oci:'),
    );
  });

  test('case 4: makes room in a mirror that is full', async () => {
    const world = new World();
    for (let number = 2; number <= 30; number += 1) {
      world.vault.updateSecret(world.secretOcid, {
        secretContent: {
          contentType: 'BASE64',
          content: Buffer.from(
            JSON.stringify({ username: 'app', password: `Example_filler_${number}` }),
          ).toString('base64'),
          name: `filler-${number}`,
        },
      });
      await world.clock.sleep(5_000);
    }
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    expect(world.mirrorPassword('PENDING')).toBe(world.passwordUnder('AWSPENDING'));
  });

  test('case 5: passes when a mirror is out of reach and the pending version had a value', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    world.faults.add({ call: 'oci:*', fault: { kind: 'loseRequest' }, times: 50 });
    await world.step('createSecret', versionId);
    expect(world.logs.join('\n')).toContain('create-secret.mirror-left-to-set-secret');
  });

  test('fails when a mirror is out of reach and there is no value yet, and writes none', async () => {
    const world = new World();
    const versionId = await world.begin();
    world.faults.add({ call: 'oci:*', fault: { kind: 'loseRequest' }, times: 50 });
    await expect(world.step('createSecret', versionId)).rejects.toEqual(
      named('VaultUnreachableError', 'oci:'),
    );
    expect(world.passwordUnder('AWSPENDING')).toBeUndefined();
  });

  test('fails when the mirror holds another user, and writes nothing', async () => {
    const world = new World();
    world.vault.updateSecret(world.secretOcid, {
      secretContent: {
        contentType: 'BASE64',
        content: Buffer.from(
          JSON.stringify({ username: 'billing', password: 'Example_billing_password_00001' }),
        ).toString('base64'),
      },
    });
    await world.clock.sleep(5_000);
    const versionId = await world.begin();
    await expect(world.step('createSecret', versionId)).rejects.toEqual(
      named('MirrorMismatchError', 'oci: its CURRENT version holds another user'),
    );
    expect(world.passwordUnder('AWSPENDING')).toBeUndefined();
    expect(world.faults.calls.filter((call) => /postgres|oracle/.test(call))).toEqual([]);
  });

  test("fails when the document is over OCI's size limit, and writes nothing", async () => {
    const world = new World();
    world.saveByHand({ password: INITIAL_PASSWORD, note: 'x'.repeat(19_100) });
    const versionId = await world.begin();
    await expect(world.step('createSecret', versionId)).rejects.toEqual(
      named('SecretTooLargeError', 'oci: the secret has 19'),
    );
    expect(world.passwordUnder('AWSPENDING')).toBeUndefined();
    expect(world.mirrorPassword('PENDING')).toBeUndefined();
  });
});
