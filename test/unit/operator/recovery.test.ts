import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { operatorWorldOf } from '../../../local/memory/recovery.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import { AUTONOMOUS_LIMITS } from '../../../local/oracle/accounts/profile.ts';
import { carryOutRecovery } from '../../../lambda/operator/carry-out-recovery.ts';
import { isRefusedByPolicy, planRecovery } from '../../../lambda/operator/plan-recovery.ts';
import { planText, type RecoveryObstacle } from '../../../lambda/operator/recovery-plan.ts';

const UNKNOWN_PASSWORD = 'Example_known_to_nobody_00001';
const MINUTE_MS = 60_000;
const QUARTER_MS = 16 * MINUTE_MS;
const BOTH: WorldOptions = { oracleLimits: AUTONOMOUS_LIMITS };

/** Plans and carries out, and plans anew where Oracle refuses by its rules; gives back what was planned last. */
async function recover(world: World, refusedMax = 4): Promise<readonly string[]> {
  const refusesCurrent = new Set<string>();
  for (;;) {
    const planned = await planRecovery(operatorWorldOf(world), { refusedMax, refusesCurrent });
    if ('obstacles' in planned) throw new Error(obstacleText(planned.obstacles));
    try {
      await carryOutRecovery(operatorWorldOf(world), planned.plan);
      return planText(planned.plan);
    } catch (error) {
      const { subject = '' } = error as { subject?: string };
      if (!isRefusedByPolicy(error) || refusesCurrent.has(subject)) throw error;
      refusesCurrent.add(subject);
    }
  }
}

function obstacleText(obstacles: readonly RecoveryObstacle[]): string {
  return obstacles
    .map(({ subject, finding, remedy }) => `${subject}: ${finding} → ${remedy}`)
    .join('\n');
}

async function expectInStep(world: World, password?: string): Promise<void> {
  const current = world.passwordUnder('AWSCURRENT');
  if (password !== undefined) expect(current).toBe(password);
  expect(world.opened(current)).toEqual(
    world.databases
      .map(({ name }) => name)
      .toSorted()
      .toReversed(),
  );
  expect(world.mirrorPassword('CURRENT')).toBe(current);
  expect(world.openSessions).toBe(0);
  await expect(world.verifyAudit()).resolves.toMatchObject({ isIntact: true });
}

function setPassword(world: World, name: string, password: string): void {
  world.databases.find((one) => one.name === name)?.setPassword('app', password);
}

/** A rotation whose setSecret has changed what it could before it died. */
async function halfDone(
  options: WorldOptions = BOTH,
): Promise<{ world: World; versionId: string }> {
  const world = new World(options);
  const versionId = await world.begin();
  await world.step('createSecret', versionId);
  await world.step('setSecret', versionId);
  await world.clock.sleep(QUARTER_MS);
  return { world, versionId };
}

describe('recover', () => {
  test('plans nothing where all is in step, and makes no refused login (case 1)', async () => {
    const world = new World(BOTH);
    await world.rotate();
    expect(await recover(world)).toEqual([]);
    expect(world.refusedLogins).toBe(0);
    await expectInStep(world);
  });

  test('goes to the version that all databases have when AWSCURRENT was saved by hand, and touches no database (case 2)', async () => {
    const world = new World(BOTH);
    await world.rotate();
    const before = world.passwordUnder('AWSCURRENT');
    world.saveByHand({ password: UNKNOWN_PASSWORD });
    const changes = world.events.filter((event) => event.startsWith('changed')).length;
    const steps = await recover(world);
    expect(steps).toEqual([expect.stringMatching(/^move AWSCURRENT to version /)]);
    await expectInStep(world, before);
    expect(world.events.filter((event) => event.startsWith('changed'))).toHaveLength(changes);
  });

  test('finds a pending version that is lost from the labels and live on every database (case 3)', async () => {
    const { world, versionId } = await halfDone();
    const pending = world.passwordUnder('AWSPENDING');
    world.secretsManager.updateSecretVersionStage({
      SecretId: world.secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: versionId,
    });
    const steps = await recover(world);
    expect(steps).toEqual([
      'make it the CURRENT version of oci',
      `move AWSCURRENT to version ${versionId}`,
    ]);
    await expectInStep(world, pending);
  });

  test('finishes what is stuck after every database was changed (cases 3 and 7)', async () => {
    const { world, versionId } = await halfDone();
    const pending = world.passwordUnder('AWSPENDING');
    await recover(world);
    await expectInStep(world, pending);
    expect(world.events).toContain('promoted secrets-manager');
    expect(world.secretsManager.inspect(world.secretArn).labels.get('AWSPENDING')).toBe(versionId);
    await expect(world.rotate()).resolves.toMatchObject({ status: 'succeeded' });
  });

  test('levels a mirror that is ahead of AWSCURRENT (case 4)', async () => {
    const world = new World({ engines: ['postgres'] });
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    const { number } = await mirrorVersion(world, versionId);
    await operatorWorldOf(world).mirrors[0]?.promote(number);
    await world.clock.sleep(QUARTER_MS);
    const steps = await recover(world);
    expect(steps).toEqual([
      expect.stringMatching(/^store it in oci as version [0-9a-f-]{36}, pending$/),
      'make it the CURRENT version of oci',
      `take AWSPENDING off version ${versionId}, whose password is live nowhere`,
    ]);
    await expectInStep(world, INITIAL_PASSWORD);
  });

  test('levels a mirror that is behind AWSCURRENT (case 4)', async () => {
    const world = new World(BOTH);
    await world.rotate();
    world.saveByHand({ note: 'changed by hand' });
    await recover(world);
    await expectInStep(world);
    expect(world.mirrorVersion({ stage: 'CURRENT' })?.text).toContain('changed by hand');
  });

  test('sets the databases that differ to AWSCURRENT (case 5)', async () => {
    const world = new World(BOTH);
    await world.rotate();
    const current = world.passwordUnder('AWSCURRENT');
    setPassword(world, 'rds', INITIAL_PASSWORD);
    expect(await recover(world)).toEqual([
      'set it on rds for app, which is opened by what it has now, secrets-manager AWSPREVIOUS',
    ]);
    await expectInStep(world, current);
    expect(world.events.slice(-5, -2)).toEqual([
      'login-refused rds',
      'change-intended rds',
      'changed rds',
    ]);
    expect(world.events.slice(-2).toSorted()).toEqual(['proven adb', 'proven rds']);
  });

  test('lets the secret go to what Oracle has where its rules refuse AWSCURRENT (case 6)', async () => {
    const { world, versionId } = await halfDone();
    const pending = world.passwordUnder('AWSPENDING');
    setPassword(world, 'rds', INITIAL_PASSWORD);
    const steps = await recover(world);
    expect(steps).toEqual([
      'set it on rds for app, which is opened by what it has now, secrets-manager AWSCURRENT',
      'make it the CURRENT version of oci',
      `move AWSCURRENT to version ${versionId}`,
    ]);
    await expectInStep(world, pending);
  });

  test('takes the label off a stuck version without a value (case 7)', async () => {
    const world = new World(BOTH);
    const versionId = await world.begin();
    await world.clock.sleep(QUARTER_MS);
    expect(await recover(world)).toEqual([
      `take AWSPENDING off version ${versionId}, whose password is live nowhere`,
    ]);
    await expectInStep(world, INITIAL_PASSWORD);
  });

  test('has the superuser set AWSCURRENT where no stored password opens a database (case 8)', async () => {
    const world = new World({ engines: ['postgres'], hasSuperuser: true });
    await world.rotate();
    const current = world.passwordUnder('AWSCURRENT');
    setPassword(world, 'rds', UNKNOWN_PASSWORD);
    expect(await recover(world)).toEqual([
      'set it on rds for app, which is opened by the superuser',
    ]);
    await expectInStep(world, current);
  });

  test('fails when nobody accepts anything, within the bound that was said, and changes nothing (case 8)', async () => {
    const world = new World({ engines: ['postgres'] });
    for (const number of [1, 2, 3, 4]) world.saveByHand({ password: `Example_by_hand_${number}` });
    setPassword(world, 'rds', UNKNOWN_PASSWORD);
    const before = world.passwordUnder('AWSCURRENT');
    await expect(recover(world, 3)).rejects.toThrow(
      'rds: it refuses 3 stored passwords of app; more are stored, and no more may be refused',
    );
    expect(world.refusedLogins).toBe(3);
    expect(world.events).toEqual(['login-refused rds', 'login-refused rds', 'login-refused rds']);
    expect(world.passwordUnder('AWSCURRENT')).toBe(before);
  });

  test('fails when an account is locked, with the remedy, and changes nothing (case 9)', async () => {
    const world = new World(BOTH);
    await world.rotate();
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      try {
        world.oracle.accounts.login('APP', `Example_wrong_${attempt}`);
      } catch {
        // Refused, which is what locks the account.
      }
    }
    await expect(recover(world)).rejects.toThrow(/adb: .*lock/i);
  });

  test('fails when a vault cannot be read, because it may hold the one that is needed (case 9)', async () => {
    const world = new World(BOTH);
    world.faults.add({ call: 'oci:ListSecretVersions', fault: { kind: 'refuse' }, times: 9 });
    await expect(recover(world)).rejects.toThrow(/^oci: /);
    expect(world.refusedLogins).toBe(0);
  });

  test('fails while a rotation is at work, before any login (case 10)', async () => {
    const world = new World(BOTH);
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    const before = world.faults.calls.length;
    await expect(recover(world)).rejects.toThrow('was at work within the last 15 minutes');
    expect(world.faults.calls.slice(before).filter((call) => call.includes('logon'))).toEqual([]);
  });

  test('fails while an old rotation is tried again, before any login (case 10)', async () => {
    const world = new World(BOTH);
    const versionId = await world.begin();
    await world.step('createSecret', versionId);
    await world.clock.sleep(30 * MINUTE_MS);
    await world.step('setSecret', versionId);
    await world.clock.sleep(14 * MINUTE_MS);
    const before = world.faults.calls.length;
    await expect(recover(world)).rejects.toThrow('was at work within the last 15 minutes');
    expect(world.faults.calls.slice(before).filter((call) => call.includes('logon'))).toEqual([]);
    await world.clock.sleep(2 * MINUTE_MS);
    await expect(recover(world)).resolves.toBeDefined();
  });

  test('brings back a version that only the mirror holds, stored in both vaults before anything else', async () => {
    const world = new World({ engines: ['postgres'] });
    const [mirror] = operatorWorldOf(world).mirrors;
    const onlyThere = 'Example_only_in_the_mirror_001';
    const text = JSON.stringify({
      ...(JSON.parse(world.mirrorVersion({ stage: 'CURRENT' })?.text ?? '{}') as object),
      password: onlyThere,
    });
    const held = await mirror?.read({ stage: 'CURRENT' });
    if (held === undefined) throw new Error('the mirror is empty');
    const { withCredential } = await import('../../../lambda/domain/secret-document.ts');
    const { Password } = await import('../../../lambda/domain/password.ts');
    const document = withCredential(held.document, {
      username: 'app',
      password: new Password(onlyThere),
    });
    expect(document.text).toBe(text);
    await mirror?.stage({ name: '99999999-9999-4999-8999-999999999999', document });
    setPassword(world, 'rds', onlyThere);
    expect(await recover(world)).toEqual([
      'store it in Secrets Manager as version 99999999-9999-4999-8999-999999999999',
      'make it the CURRENT version of oci',
      'move AWSCURRENT to version 99999999-9999-4999-8999-999999999999',
    ]);
    await expectInStep(world, onlyThere);
  });

  test('sets nothing without an intent in the trail', async () => {
    const world = new World(BOTH);
    await world.rotate();
    setPassword(world, 'rds', INITIAL_PASSWORD);
    world.faults.add({ call: 's3:PutObject', fault: { kind: 'refuse' }, times: 99 });
    await expect(recover(world)).rejects.toMatchObject({ name: 'AuditError' });
    expect(world.opened(INITIAL_PASSWORD)).toEqual(['rds']);
  });

  test.each(['loseReply', 'loseRequest'] as const)(
    'ends in step when it is run again after a call was struck, whichever it was (%s)',
    async (kind) => {
      for (const struck of await callsOfRecovery()) {
        const world = await outOfStep();
        world.faults.add({ call: '*', fault: { kind }, skip: struck, times: 1 });
        await recover(world, 6).catch(() => undefined);
        world.faults.clear();
        await recover(world, 6);
        await expectInStep(world);
      }
    },
  );
});

/** A pending version that Oracle has and PostgreSQL has not: every kind of step is needed. */
async function outOfStep(): Promise<World> {
  const { world } = await halfDone();
  setPassword(world, 'rds', INITIAL_PASSWORD);
  return world;
}

const WRITE = /:(Put|Update|Promote|logon|query:ALTER|changePassword)/;

/** Where in the journal of a recovery its writes and logins are, counted from its start. */
async function callsOfRecovery(): Promise<readonly number[]> {
  const world = await outOfStep();
  const before = world.faults.calls.length;
  await recover(world, 6);
  return world.faults.calls
    .slice(before)
    .flatMap((call, index) => (WRITE.test(call) ? [index] : []));
}

async function mirrorVersion(world: World, name: string): Promise<{ number: number }> {
  const held = await operatorWorldOf(world).mirrors[0]?.read({ name });
  if (held === undefined) throw new Error('the mirror does not hold it');
  return held;
}
