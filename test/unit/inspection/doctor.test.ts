import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { inspectionOf } from '../../../local/memory/inspection.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import { AUTONOMOUS_LIMITS } from '../../../local/oracle/accounts/profile.ts';
import { doctor } from '../../../lambda/inspection/doctor.ts';
import type { Finding } from '../../../lambda/inspection/finding.ts';

const UNKNOWN_PASSWORD = 'Example_known_to_nobody_00001';
const QUARTER_MS = 16 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const ROLLOVER = { ...AUTONOMOUS_LIMITS, passwordRolloverTime: 1 };

async function examined(world: World, check: string): Promise<readonly Finding[]> {
  const { findings } = await doctor(inspectionOf(world));
  return findings.filter((one) => one.check === check);
}

/** What a check says, in short: `rds ok`. */
async function outcomes(world: World, check: string): Promise<readonly string[]> {
  return (await examined(world, check)).map(({ subject, outcome }) => `${subject} ${outcome}`);
}

async function rotated(options?: WorldOptions): Promise<World> {
  const world = new World(options);
  await world.rotate();
  return world;
}

describe('doctor', () => {
  test('finds nothing wrong where nothing is, makes no refused login and changes nothing', async () => {
    const world = await rotated({ engines: ['oracle', 'mysql'], oracleLimits: ROLLOVER });
    const events = world.events.length;
    const password = world.passwordUnder('AWSCURRENT');
    const { findings } = await doctor(inspectionOf(world));
    expect(findings.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(findings.every(({ remedy }) => remedy === undefined)).toBe(true);
    expect(new Set(findings.map(({ check }) => check)).size).toBe(17);
    expect(world.opened(password)).toEqual(['rds', 'adb']);
    expect(world.refusedLogins).toBe(0);
    expect(world.events).toHaveLength(events);
    expect(world.openSessions).toBe(0);
    expect(JSON.stringify(findings)).not.toContain(password);
  });

  test('stuck-rotation fails for AWSPENDING that nobody works on, and says who has its password', async () => {
    const world = new World({ engines: ['postgres'] });
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    expect(await outcomes(world, 'stuck-rotation')).toEqual(['secrets-manager ok']);
    await world.clock.sleep(QUARTER_MS);
    const [finding] = await examined(world, 'stuck-rotation');
    expect(finding).toMatchObject({
      outcome: 'failure',
      found: expect.stringContaining('rds has its password, so the label must stay') as string,
      remedy: expect.stringContaining('lockstep rotate') as string,
    });
  });

  test('rotation-enabled fails when rotation is switched off', async () => {
    const world = await rotated();
    world.service.cancelRotateSecret({ SecretId: world.secretArn });
    expect(await outcomes(world, 'rotation-enabled')).toEqual(['secrets-manager failure']);
  });

  test('schedule-kept fails when the date of the next rotation has passed', async () => {
    const world = await rotated();
    await world.clock.sleep(40 * DAY_MS);
    expect(await outcomes(world, 'schedule-kept')).toEqual(['secrets-manager failure']);
  });

  test('current-value fails when AWSCURRENT is no document, and quotes nothing of it', async () => {
    const world = new World();
    world.secretsManager.putSecretValue({
      SecretId: world.secretArn,
      ClientRequestToken: world.chance.uuid(),
      SecretString: 'example-that-is-no-json',
    });
    const [finding] = await examined(world, 'current-value');
    expect(finding?.outcome).toBe('failure');
    expect(finding?.found).not.toContain('example-that-is-no-json');
  });

  test('password-characters warns of what connection strings do not take', async () => {
    const world = new World({ engines: ['postgres'] });
    expect(await outcomes(world, 'password-characters')).toEqual(['secrets-manager ok']);
    world.saveByHand({ password: 'Example@with/signs' });
    expect(await outcomes(world, 'password-characters')).toEqual(['secrets-manager warning']);
  });

  test('database-login fails when a database has another password, and names where that is stored', async () => {
    const world = await rotated({ engines: ['postgres'] });
    world.postgres.setPassword(INITIAL_PASSWORD);
    expect(await examined(world, 'database-login')).toMatchObject([
      {
        outcome: 'failure',
        found: 'it refuses AWSCURRENT and accepts secrets-manager AWSPREVIOUS',
      },
    ]);
    world.postgres.setPassword(UNKNOWN_PASSWORD);
    expect(await examined(world, 'database-login')).toMatchObject([
      { outcome: 'failure', found: 'it refuses every stored password that was tried (2)' },
    ]);
  });

  test('database-login fails when a database does not answer, with the remedy of the error', async () => {
    const world = await rotated();
    world.faults.add({ call: 'oracle:connect', fault: { kind: 'loseRequest' }, times: 99 });
    const [adb, rds] = await examined(world, 'database-login');
    expect(adb).toMatchObject({ subject: 'adb', outcome: 'failure' });
    expect(adb?.remedy).not.toBe('');
    expect(rds).toMatchObject({ subject: 'rds', outcome: 'ok' });
  });

  test('change-permitted fails when the server would refuse the change', async () => {
    const world = await rotated({ engines: ['postgres'] });
    world.faults.add({
      call: 'postgres:query:ALTER ROLE',
      fault: {
        kind: 'refuse',
        code: '42501',
        message: 'must be a member of rds_password to alter passwords',
      },
      times: 99,
    });
    expect(await outcomes(world, 'change-permitted')).toEqual(['rds failure']);
  });

  test('overlap warns where the old password ends with a change, with the means of the engine', async () => {
    const world = await rotated({ engines: ['postgres', 'oracle'] });
    expect(await examined(world, 'overlap')).toMatchObject([
      {
        subject: 'rds',
        outcome: 'warning',
        remedy: expect.stringContaining('alternate') as string,
      },
      {
        subject: 'adb',
        outcome: 'warning',
        remedy: expect.stringContaining('PASSWORD_ROLLOVER_TIME') as string,
      },
    ]);
    const mariadb = await rotated({ engines: ['mariadb'] });
    expect(await examined(mariadb, 'overlap')).toMatchObject([
      { outcome: 'warning', remedy: expect.stringContaining('CREATE USER') as string },
    ]);
    const withSuperuser = await rotated({ engines: ['mariadb'], hasSuperuser: true });
    expect(await outcomes(withSuperuser, 'overlap')).toEqual(['rds ok']);
  });

  test('next-user warns when no stored password opens the user whose turn is next', async () => {
    const strategy = { kind: 'alternating-users', users: ['app', 'app_b'] } as const;
    const world = new World({ engines: ['postgres'], strategy, hasSuperuser: true });
    expect(await outcomes(world, 'next-user')).toEqual(['rds warning']);
    await world.rotate();
    expect(await outcomes(world, 'next-user')).toEqual(['rds ok']);
  });

  test('login-budget warns when nothing is left beside what the rotation needs', async () => {
    const world = await rotated({ engines: ['postgres'] });
    expect(await outcomes(world, 'login-budget')).toEqual(['rds ok']);
    const refusals = [1, 2, 3].map(() => ({ database: 'rds', atMs: world.clock.now() }));
    const { findings } = await doctor(inspectionOf(world, refusals));
    expect(findings.filter(({ check }) => check === 'login-budget')).toMatchObject([
      { subject: 'rds', outcome: 'warning' },
    ]);
  });

  test('mirror-level fails when a mirror holds something else than AWSCURRENT', async () => {
    const world = await rotated();
    world.saveByHand({ note: 'by hand' });
    expect(await outcomes(world, 'mirror-level')).toEqual(['oci failure']);
  });

  test('mirror-owned fails when the secret is to be deleted, or rotated by OCI', async () => {
    const world = await rotated();
    world.vault.updateSecret(world.secretOcid, {
      rotationConfig: {
        isScheduledRotationEnabled: true,
        rotationInterval: 'P30D',
        targetSystemDetails: {
          targetSystemType: 'FUNCTION',
          functionId: 'ocid1.fnfunc.oc1..example',
        },
      },
    });
    expect(await outcomes(world, 'mirror-owned')).toEqual(['oci failure']);
  });

  test('mirror-rules warns of a reuse rule and of an expiry rule that blocks reading', async () => {
    const world = await rotated();
    world.vault.updateSecret(world.secretOcid, {
      secretRules: [
        { ruleType: 'SECRET_REUSE_RULE' },
        {
          ruleType: 'SECRET_EXPIRY_RULE',
          secretVersionExpiryInterval: 'P30D',
          isSecretContentRetrievalBlockedOnExpiry: true,
        },
      ],
    });
    expect(await outcomes(world, 'mirror-rules')).toEqual(['oci warning', 'oci warning']);
  });

  test('mirror-writable fails when OCI refused the last write, until one is let in', async () => {
    const world = await rotated({ engines: ['postgres'] });
    expect(await outcomes(world, 'mirror-writable')).toEqual(['oci ok']);
    world.faults.add({
      call: 'oci:UpdateSecret',
      fault: { kind: 'refuse', code: 'NotAuthorizedOrNotFound' },
      times: 99,
    });
    const versionId = await world.begin();
    await expect(world.steps(versionId, 'createSecret')).rejects.toThrow();
    expect(await examined(world, 'mirror-writable')).toMatchObject([
      {
        subject: 'oci',
        outcome: 'failure',
        found: expect.stringMatching(
          /^it refused the rotation function in createSecret at /,
        ) as string,
        remedy: expect.stringContaining('lockstep policy oci') as string,
      },
    ]);
    world.faults.clear();
    await world.steps(versionId, 'createSecret');
    expect(await outcomes(world, 'mirror-writable')).toEqual(['oci ok']);
  });

  test('mirror-head-room warns when versions are not pruned', async () => {
    const world = await rotated({ engines: ['postgres'] });
    for (let number = 1; number <= 20; number += 1) {
      world.vault.updateSecret(world.secretOcid, {
        secretContent: {
          contentType: 'BASE64',
          content: Buffer.from(`{"username":"app","password":"Example_${number}"}`).toString(
            'base64',
          ),
          stage: 'PENDING',
        },
      });
      await world.clock.sleep(2_000);
    }
    expect(await outcomes(world, 'mirror-head-room')).toEqual(['oci warning']);
  });

  test('audit-trail fails when the newest entry is not authentic', async () => {
    const world = await rotated({ engines: ['postgres'] });
    expect(await outcomes(world, 'audit-trail')).toEqual(['audit trail ok']);
    const [newest] = world.auditStore.objects;
    if (newest === undefined) throw new Error('the trail is empty');
    const forged = newest.body.replace(/"subject":"[^"]*"/, '"subject":"forged"');
    world.auditStore.tamper(newest.key, forged);
    expect(await outcomes(world, 'audit-trail')).toEqual(['audit trail failure']);
  });

  test.each([
    [31, 'ok'],
    [29, 'warning'],
    [-1, 'failure'],
  ])('certificates that last %s days are %s', async (days, outcome) => {
    const world = new World({ engines: ['postgres'] });
    const endMs = world.clock.now() + days * DAY_MS;
    const trusts = [{ subject: 'rds', endMs: async () => await Promise.resolve(endMs) }];
    const { findings } = await doctor({ ...inspectionOf(world), trusts });
    expect(findings.filter(({ check }) => check === 'certificates')).toMatchObject([
      { subject: 'rds', outcome },
    ]);
  });

  test.each<[string, string, readonly string[]]>([
    ['secretsmanager:DescribeSecret', 'rotation-enabled', ['secrets-manager unchecked']],
    ['secretsmanager:ListSecretVersionIds', 'current-value', ['secrets-manager unchecked']],
    ['oci:GetSecret', 'mirror-rules', ['oci unchecked']],
    ['oci:ListSecretVersions', 'mirror-head-room', ['oci unchecked']],
  ])('says so when it cannot look (%s)', async (call, check, expected) => {
    const world = await rotated({ engines: ['postgres'] });
    world.faults.add({ call, fault: { kind: 'refuse' }, times: 99 });
    expect(await outcomes(world, check)).toEqual(expected);
  });
});
