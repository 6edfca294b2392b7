import type { DoctorReport } from '../../lambda/inspection/finding.ts';
import type { StatusReport } from '../../lambda/inspection/status-report.ts';
import type { CommandResult } from '../cli-world.ts';
import { Sandbox } from './sandbox.ts';

const BOTH = ['orders-rds', 'orders-adb'];
const LOOKS_MAX = 200;
const WRONG_PASSWORD = 'Example_saved_by_hand_00000001';

describe('the command line looks at a rotation and mends it', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await Sandbox.open();
    // Secrets Manager tests the configuration of a rotation that has just been attached.
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      const { underWay } = await report<StatusReport>('status', 'orders', '--no-logins');
      if (underWay === undefined) return;
    }
    throw new Error('a rotation does not end');
  });

  afterEach(async () => {
    await sandbox.control('mend');
  });

  afterAll(() => {
    sandbox.close();
  });

  async function lockstep(...args: readonly string[]): Promise<CommandResult> {
    return await sandbox.run(args);
  }

  async function report<Report>(...args: readonly string[]): Promise<Report> {
    return JSON.parse((await lockstep(...args, '--json')).stdout) as Report;
  }

  /** What is to be after a recovery: both databases, and every vault, have this password. */
  async function expectInStep(password: string): Promise<void> {
    expect(await sandbox.password()).toBe(password);
    expect(await sandbox.opened(password)).toEqual(BOTH);
    expect(await report('status', 'orders')).toMatchObject({ ok: true });
  }

  test('adopt takes the credential over, and changes nothing when it is repeated', async () => {
    const before = await sandbox.password();
    const first = await lockstep('adopt', 'orders', '--yes');
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.stdout).toContain('orders-adb: accepts AWSCURRENT');
    const again = await report<{ ok: boolean; isNew: boolean }>('adopt', 'orders', '--yes');
    expect(again).toMatchObject({ ok: true, isNew: false, mirrors: [{ outcome: 'same' }] });
    expect(await sandbox.opened(before)).toEqual(BOTH);
  });

  test('status says that all is in step, in words and as one object', async () => {
    const text = await lockstep('status', 'orders');
    expect(text.stdout).toMatch(/^✔ orders: all is in step/);
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toContain('orders-adb as app: accepts ');
    const found = await report<StatusReport & { ok: boolean }>('status', 'orders');
    expect(found).toMatchObject({ ok: true, verdict: 'in-step', reasons: [] });
    expect(found.accounts.map(({ places }) => places[0])).toEqual([
      'secrets-manager AWSCURRENT',
      'secrets-manager AWSCURRENT',
    ]);
  });

  test('status --all lists every rotation with its age', async () => {
    const { exitCode, stdout } = await lockstep('status', '--all');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ROTATION +STATE +AGE +NEXT BY\norders +ended +/);
  });

  test('doctor finds no failure where nothing is wrong', async () => {
    const { exitCode, stdout } = await lockstep('doctor', 'orders');
    expect(stdout).not.toMatch(/^[✖?] /m);
    expect(stdout).toContain(
      'rotation-function  secrets-manager: lockstep-orders rotates the secret',
    );
    expect(exitCode).toBe(0);
  });

  test('doctor looks at every place, from the function and from here', async () => {
    const { findings } = await report<DoctorReport>('doctor', 'orders');
    const of = (check: string): readonly string[] =>
      findings
        .filter((one) => one.check === check)
        .map(({ subject, outcome }) => `${subject.replace(/:\d+$/, '')} ${outcome}`);
    // Secrets Manager, S3, SSM and OCI, each on a port of its own.
    expect(of('network')).toEqual(Array(4).fill('127.0.0.1 ok'));
    // The sandbox may see a hundred refused logins a day, and its Oracle locks the account after ten.
    expect(of('account-rules')).toEqual(['orders-rds ok', 'orders-adb warning']);
    expect(of('unknown-versions')).toEqual(['secrets-manager ok']);
    expect(of('function-policy')).toEqual(['lockstep-orders ok']);
    expect(of('rotation-events')).toEqual(['secrets-manager ok']);
    expect(of('encryption-key')).toEqual(['secrets-manager ok']);
    expect(of('audit-chain')).toEqual(['audit trail ok']);
    expect(of('audit-lock')).toEqual(['lockstep-audit-example ok']);
    expect(of('audit-overwriting')).toEqual(['lockstep-audit-example ok']);
  });

  test('doctor goes on where the bucket of the trail does not answer, and says what it could not see', async () => {
    await sandbox.control('break audit');
    const { exitCode, stdout } = await lockstep('doctor', 'orders');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✖ .*audit-trail/m);
    expect(stdout).toMatch(/^\? .*audit-lock/m);
    expect(stdout).toMatch(/^\? .*audit-chain/m);
    expect(stdout).toMatch(/^\? .*database-login {2}orders-rds: no login may be refused/m);
    expect(stdout).toMatch(/^✔ .*function-policy/m);
  });

  test('status, doctor and recover fail when a database has a password that no vault knows', async () => {
    const password = await sandbox.password();
    await sandbox.control('change-by-hand postgres');
    const status = await lockstep('status', 'orders');
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toContain('orders-rds refuses every stored password of app');
    const { findings } = await report<DoctorReport>('doctor', 'orders');
    expect(findings.filter(({ outcome }) => outcome === 'failure')).toMatchObject([
      { check: 'database-login', subject: 'orders-rds' },
    ]);
    const recovery = await lockstep('recover', 'orders', '--yes', '--refused-max', '20');
    expect(recovery.exitCode).toBe(1);
    expect(recovery.stdout).toContain('orders: nothing was changed');
    expect(await sandbox.opened(password)).toEqual(['orders-adb']);
  });

  test('recover brings AWSCURRENT back to what the databases have, after it was saved by hand', async () => {
    const password = await sandbox.password();
    await sandbox.saveByHand(WRONG_PASSWORD);
    expect(await sandbox.password()).toBe(WRONG_PASSWORD);
    const plan = await lockstep('recover', 'orders', '--dry-run');
    expect(plan.stdout).toContain('every database accepts it');
    expect(await sandbox.password()).toBe(WRONG_PASSWORD);
    const asked = await sandbox.run(['recover', 'orders'], { ask: () => Promise.resolve('n') });
    expect(asked.exitCode).toBe(4);
    expect(await sandbox.password()).toBe(WRONG_PASSWORD);
    const done = await lockstep('recover', 'orders', '--yes');
    expect(done).toMatchObject({ exitCode: 0 });
    await expectInStep(password);
  });

  test('recover levels a mirror in which somebody stored another password', async () => {
    const password = await sandbox.password();
    await sandbox.control('change-by-hand oci');
    const before = await report<StatusReport>('status', 'orders');
    expect(before).toMatchObject({ ok: false });
    const { findings } = await report<DoctorReport>('doctor', 'orders');
    expect(findings.filter(({ outcome }) => outcome === 'failure')).toMatchObject([
      { check: 'mirror-level', subject: 'oci-frankfurt' },
    ]);
    expect(await lockstep('recover', 'orders', '--yes')).toMatchObject({ exitCode: 0 });
    expect(await report('status', 'orders')).toMatchObject({ ok: true });
    expect(await sandbox.opened(password)).toEqual(BOTH);
  });

  test('recover sets a database to AWSCURRENT that a backup has brought back to the password before', async () => {
    const password = await sandbox.password();
    // AWSPREVIOUS is what a test above has saved by hand.
    await sandbox.control('restore-backup postgres');
    expect(await sandbox.opened(password)).toEqual(['orders-adb']);
    const plan = await lockstep('recover', 'orders', '--dry-run');
    expect(plan.stdout).toContain('orders-rds');
    expect(await sandbox.opened(password)).toEqual(['orders-adb']);
    expect(await lockstep('recover', 'orders', '--yes')).toMatchObject({ exitCode: 0 });
    await expectInStep(password);
  });

  test('recover takes AWSPENDING off a version that was left with it', async () => {
    const password = await sandbox.password();
    await sandbox.control('leave-pending');
    const status = await lockstep('status', 'orders');
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toContain('orders: a rotation is stuck');
    const { findings } = await report<DoctorReport>('doctor', 'orders');
    expect(findings.filter(({ outcome }) => outcome === 'failure')).toMatchObject([
      { check: 'stuck-rotation', subject: 'secrets-manager' },
    ]);
    const plan = await lockstep('recover', 'orders', '--dry-run');
    expect(plan.stdout).toContain('AWSPENDING');
    expect(await lockstep('recover', 'orders', '--yes')).toMatchObject({ exitCode: 0 });
    await expectInStep(password);
  });

  test('recover finds a version without a label that every database accepts', async () => {
    const before = await sandbox.password();
    expect(await lockstep('rotate', 'orders', '--watch')).toMatchObject({ exitCode: 0 });
    const rotated = await sandbox.password();
    // Oracle would take the one before for another day.
    expect(await lockstep('revoke', 'orders', '--yes')).toMatchObject({ exitCode: 0 });
    await sandbox.takePreviousOff(await sandbox.moveCurrentBack());
    expect(await sandbox.password()).toBe(before);
    expect(await sandbox.opened(before)).toEqual([]);
    expect(await lockstep('recover', 'orders', '--yes')).toMatchObject({ exitCode: 0 });
    await expectInStep(rotated);
  });

  test('recover takes what Oracle has, where that refuses AWSCURRENT as one it had before', async () => {
    const rotated = await sandbox.password();
    await sandbox.control('restore-backup postgres');
    await sandbox.moveCurrentBack();
    const before = await sandbox.password();
    expect(await sandbox.opened(before)).toEqual(['orders-rds']);
    expect(await sandbox.opened(rotated)).toEqual(['orders-adb']);
    expect(await lockstep('recover', 'orders', '--yes')).toMatchObject({ exitCode: 0 });
    await expectInStep(rotated);
  });

  test('recover stops while a database does not answer', async () => {
    await sandbox.control('break oracle');
    const { exitCode, stdout } = await lockstep('recover', 'orders', '--yes');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('orders: nothing was changed');
    expect(stdout).toMatch(/^✖ orders-adb: /m);
  });

  test('status fails with a status of its own when a vault does not answer', async () => {
    await sandbox.control('break oci');
    const { exitCode, stdout } = await lockstep('status', 'orders', '--no-logins');
    expect(exitCode).toBe(3);
    expect(stdout).toContain('orders: not all could be seen');
  });

  test('status fails when there is no such rotation, and without a name', async () => {
    const missing = await lockstep('status', 'nothing');
    expect(missing.exitCode).toBe(3);
    expect(missing.stderr).toContain('there is no function lockstep_inspector-nothing');
    expect((await lockstep('status')).exitCode).toBe(2);
  });

  test('no password is in anything that was written', () => {
    expect(sandbox.leaked()).toEqual([]);
  });
});
