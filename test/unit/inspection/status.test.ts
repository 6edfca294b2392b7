import { INITIAL_PASSWORD } from '../../../local/memory/initial-state.ts';
import { inspectionOf } from '../../../local/memory/inspection.ts';
import { World, type WorldOptions } from '../../../local/memory/world.ts';
import type { InspectionRefusal } from '../../../lambda/inspection/login-allowance.ts';
import type { AccountReport, StatusReport } from '../../../lambda/inspection/status-report.ts';
import { status } from '../../../lambda/inspection/status.ts';

const UNKNOWN_PASSWORD = 'Example_known_to_nobody_00001';
const MINUTE_MS = 60_000;

async function look(world: World, refusals?: InspectionRefusal[]): Promise<StatusReport> {
  return await status(inspectionOf(world, refusals), { logins: true });
}

async function rotated(options?: WorldOptions): Promise<World> {
  const world = new World(options);
  await world.rotate();
  return world;
}

function accountOf(report: StatusReport, database: string): AccountReport | undefined {
  return report.accounts.find((one) => one.database === database);
}

function labelsOf(report: StatusReport, vault: string): readonly string[] {
  const versions = report.vaults.find(({ name }) => name === vault)?.versions ?? [];
  return versions.map(({ labels }) => labels.join('+'));
}

function setPassword(world: World, database: string, password: string): void {
  world.databases.find(({ name }) => name === database)?.setPassword('app', password);
}

describe('status', () => {
  test('says that all is in step after a rotation, and makes no refused login', async () => {
    const world = await rotated();
    await world.clock.sleep(60 * MINUTE_MS);
    const report = await look(world);
    expect(report).toMatchObject({
      rotation: 'orders',
      verdict: 'in-step',
      reasons: [],
      underWay: undefined,
      schedule: { isOn: true },
      failures: [],
    });
    expect(report.schedule?.ageMs).toBeGreaterThanOrEqual(3_600_000);
    expect(labelsOf(report, 'secrets-manager')).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    expect(labelsOf(report, 'oci')).toEqual(['CURRENT+LATEST', 'PREVIOUS']);
    expect(accountOf(report, 'rds')).toMatchObject({
      outcome: 'accepted',
      username: 'app',
      places: ['secrets-manager AWSCURRENT', 'oci version 2 (CURRENT, LATEST)'],
      refused: [],
    });
    expect(world.refusedLogins).toBe(0);
    expect(world.openSessions).toBe(0);
  });

  test('names a credential by the same fingerprint in vaults, at databases and in the trail', async () => {
    const world = await rotated();
    const report = await look(world);
    const promoted = world.entries.find(({ event }) => event === 'promoted');
    const fingerprints = report.vaults.map(({ versions }) => versions[0]?.fingerprint);
    expect(promoted?.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprints).toEqual([promoted?.fingerprint, promoted?.fingerprint]);
    expect(report.accounts.map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
  });

  test('holds no password and changes nothing anywhere', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    const before = world.faults.calls.length;
    const text = JSON.stringify(await look(world));
    expect(text).not.toContain(INITIAL_PASSWORD);
    expect(text).not.toContain(world.passwordUnder('AWSPENDING'));
    const writes = world.faults.calls
      .slice(before)
      .filter((call) => !/:(Get|List|Describe|connect|logon)/.test(call));
    expect(writes).toEqual([]);
  });

  test('logs in nowhere when it is not asked to', async () => {
    const world = await rotated();
    const before = world.faults.calls.length;
    const report = await status(inspectionOf(world), { logins: false });
    expect(report).toMatchObject({ verdict: 'in-step', accounts: [] });
    const calls = world.faults.calls.slice(before);
    expect(calls.filter((call) => /^(oracle|postgres):/.test(call))).toEqual([]);
  });

  test('tells a rotation that is under way from one that is stuck, and since when', async () => {
    const world = new World();
    const versionId = await world.begin();
    await world.steps(versionId, 'createSecret', 'setSecret');
    await world.clock.sleep(10 * MINUTE_MS);
    expect(await look(world)).toMatchObject({
      verdict: 'under-way',
      underWay: { versionId, hasValue: true, isStuck: false },
    });
    await world.clock.sleep(6 * MINUTE_MS);
    const report = await look(world);
    expect(report).toMatchObject({ verdict: 'stuck', underWay: { isStuck: true } });
    expect(report.underWay?.since).toBe('2026-01-01T03:00:01.500Z');
    expect(accountOf(report, 'adb')).toMatchObject({
      outcome: 'accepted',
      places: ['secrets-manager AWSPENDING', 'oci version 2 (PENDING, LATEST)'],
      refused: ['secrets-manager AWSCURRENT'],
    });
  });

  test('tells of a rotation whose pending version has no value', async () => {
    const world = new World();
    const versionId = await world.begin();
    const report = await look(world);
    expect(report.underWay).toMatchObject({ versionId, hasValue: false });
    expect(world.refusedLogins).toBe(0);
  });

  test('lists the steps that failed last, with the error and what it was about', async () => {
    const world = new World({ retries: 0 });
    world.faults.add({ call: 'postgres:connect', fault: { kind: 'loseRequest' }, times: 99 });
    await world.rotate();
    world.faults.clear();
    const report = await look(world);
    expect(report.failures).toEqual([
      {
        at: expect.stringMatching(/^2026-01-01T03:/) as string,
        step: 'setSecret',
        subject: 'rds',
        error: 'DatabaseUnreachableError',
        versionId: report.underWay?.versionId,
      },
    ]);
  });

  test('finds the stored version that a database has, whatever the labels say', async () => {
    const world = await rotated({ engines: ['postgres'] });
    setPassword(world, 'rds', INITIAL_PASSWORD);
    const report = await look(world);
    expect(report.verdict).toBe('out-of-step');
    expect(report.reasons).toEqual([
      'rds refuses secrets-manager AWSCURRENT and accepts secrets-manager AWSPREVIOUS',
    ]);
    expect(world.refusedLogins).toBe(1);
  });

  test('says that a mirror differs from AWSCURRENT', async () => {
    const world = await rotated();
    world.saveByHand({ note: 'changed by hand' });
    const report = await look(world);
    expect(report).toMatchObject({
      verdict: 'out-of-step',
      reasons: ['oci holds something else than AWSCURRENT as its CURRENT version'],
    });
  });

  test('leaves the rotation two refused logins, however often it is asked', async () => {
    const world = new World({ engines: ['postgres'] });
    for (const number of [1, 2, 3, 4, 5, 6]) {
      world.saveByHand({ password: `Example_saved_by_hand_${number}` });
    }
    setPassword(world, 'rds', UNKNOWN_PASSWORD);
    const refusals: InspectionRefusal[] = [];
    const report = await look(world, refusals);
    expect(accountOf(report, 'rds')?.outcome).toBe('allowance-spent');
    expect(world.refusedLogins).toBe(3);
    const again = await look(world, refusals);
    expect(accountOf(again, 'rds')?.outcome).toBe('not-tried');
    expect(again.reasons).toContain(
      'rds: no login as app was tried, none may be refused at present',
    );
    expect(world.refusedLogins).toBe(3);
    await world.clock.sleep(25 * 60 * MINUTE_MS);
    await look(world, refusals);
    expect(world.refusedLogins).toBe(6);
  });

  test('counts what the rotation was refused, and tries nothing where the trail cannot be read', async () => {
    const world = new World({ engines: ['postgres'], retries: 0 });
    for (const number of [1, 2, 3, 4]) {
      world.saveByHand({ password: `Example_saved_by_hand_${number}` });
    }
    setPassword(world, 'rds', UNKNOWN_PASSWORD);
    await world.rotate();
    const refused = world.refusedLogins;
    expect(refused).toBe(5);
    expect(accountOf(await look(world), 'rds')?.outcome).toBe('not-tried');
    await world.clock.sleep(25 * 60 * MINUTE_MS);
    world.faults.add({ call: 's3:ListObjectsV2', fault: { kind: 'refuse' }, times: 99 });
    const report = await look(world);
    expect(accountOf(report, 'rds')?.outcome).toBe('not-tried');
    expect(world.refusedLogins).toBe(refused);
  });

  test.each<[string, string, string]>([
    ['Secrets Manager', 'secretsmanager:ListSecretVersionIds', 'secrets-manager'],
    ['a mirror', 'oci:ListSecretVersions', 'oci'],
  ])('tells what else it found when %s cannot be read', async (_vault, call, name) => {
    const world = await rotated();
    world.faults.add({ call, fault: { kind: 'refuse' }, times: 99 });
    const report = await look(world);
    expect(report.verdict).toBe('unknown');
    const problems = report.vaults.filter(({ problem }) => problem !== undefined);
    expect(problems.map((vault) => vault.name)).toEqual([name]);
    expect(report.vaults.some(({ versions }) => versions.length === 2)).toBe(true);
  });

  test('says what a database answered when that is neither yes nor no', async () => {
    const world = await rotated();
    world.faults.add({ call: 'oracle:connect', fault: { kind: 'loseRequest' }, times: 99 });
    const report = await look(world);
    expect(report.verdict).toBe('unknown');
    expect(accountOf(report, 'adb')).toMatchObject({
      outcome: 'failed',
      problem: expect.stringContaining('adb: ') as string,
    });
    expect(accountOf(report, 'rds')?.outcome).toBe('accepted');
  });

  test('does without fingerprints where the key cannot be read', async () => {
    const world = await rotated();
    world.faults.add({ call: 'ssm:GetParameter', fault: { kind: 'refuse' }, times: 99 });
    const report = await look(world);
    expect(accountOf(report, 'rds')).toMatchObject({ outcome: 'accepted', fingerprint: undefined });
  });

  test('looks at both users where they alternate', async () => {
    const strategy = { kind: 'alternating-users', users: ['app', 'app_b'] } as const;
    const world = new World({ engines: ['postgres'], strategy });
    const before = await look(world);
    expect(before.accounts.map(({ username, outcome }) => `${username} ${outcome}`)).toEqual([
      'app accepted',
      'app_b none',
    ]);
    expect(before.reasons).toEqual([
      'rds refuses every stored password of app_b, whose turn is next: a superuser has to set it',
    ]);
  });
});
