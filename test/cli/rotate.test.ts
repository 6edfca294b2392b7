import { execFile } from 'node:child_process';
import path from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { CLOCK, Sandbox } from './sandbox.ts';

const LOCKSTEP = path.join(import.meta.dirname, '../../bin/lockstep.js');
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.open();
});

afterEach(async () => {
  await sandbox.control('mend');
  expect(sandbox.leaked()).toEqual([]);
});

afterAll(() => {
  sandbox.close();
});

/** Standard error that acts once a text has come by. */
function stderrThatActs(on: string, act: () => Promise<void>): Writable {
  let seen = '';
  let hasActed = false;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      seen += chunk.toString('utf8');
      if (hasActed || !seen.includes(on)) {
        done();
        return;
      }
      hasActed = true;
      act().then(() => {
        done();
      }, done);
    },
  });
}

test('rotate --dry-run says what would happen to each database, and changes nothing', async () => {
  const password = await sandbox.password();
  const { exitCode, stdout } = await sandbox.run(['rotate', 'orders', '--dry-run']);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'A rotation of orders would change the password of app. Nothing was changed.',
    '✔ orders-rds     postgres: opened by AWSCURRENT; the old password ends with the change; taken back if another one fails',
    '✔ orders-adb     oracle: opened by AWSCURRENT; the old password stays valid for 24 h; not taken back: the rotation goes forward from there',
    '✔ oci-frankfurt  publishes what AWSCURRENT holds',
    '',
  ]);
  expect(await sandbox.password()).toBe(password);
  expect(await sandbox.opened(password)).toEqual(['orders-rds', 'orders-adb']);
});

test('rotate --dry-run fails when a database does not answer, and names it', async () => {
  await sandbox.control('break postgres');
  const { exitCode, stdout } = await sandbox.run(['rotate', 'orders', '--dry-run', '--json']);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    databases: [
      { name: 'orders-rds', isReady: false, error: 'DatabaseUnreachableError' },
      { name: 'orders-adb', isReady: true },
    ],
  });
});

test('rotate --watch follows the four steps; revoke ends the old password', async () => {
  const before = await sandbox.password();
  const { exitCode, stdout, stderr } = await sandbox.run(['rotate', 'orders', '--watch']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^✔ orders: version [0-9a-f-]{36} is AWSCURRENT everywhere, after [\d.]+ s\.\n$/,
  );
  const steps = stderr.split('\n').filter((line) => line.startsWith('✔'));
  expect(steps).toEqual(['✔ createSecret', '✔ setSecret', '✔ testSecret', '✔ finishSecret']);
  const after = await sandbox.password();
  expect(await sandbox.opened(after)).toEqual(['orders-rds', 'orders-adb']);
  // Oracle's profile keeps it for a day.
  expect(await sandbox.opened(before)).toEqual(['orders-adb']);

  const refused = await sandbox.run(['revoke', 'orders']);
  expect(refused.exitCode).toBe(2);
  const declined = await sandbox.run(['revoke', 'orders'], { ask: () => Promise.resolve('n') });
  expect(declined.exitCode).toBe(4);
  expect(await sandbox.opened(before)).toEqual(['orders-adb']);
  const revoked = await sandbox.run(['revoke', 'orders'], { ask: () => Promise.resolve('y') });
  expect(revoked.exitCode).toBe(0);
  expect(await sandbox.opened(before)).toEqual([]);
  expect(await sandbox.opened(after)).toEqual(['orders-rds', 'orders-adb']);
});

test('rotate --watch tells which step failed on what, and goes on until it heals', async () => {
  await sandbox.control('break oci');
  const failed = '✖ createSecret: oci-frankfurt, VaultUnreachableError\n';
  let recovery = '';
  const stderr = stderrThatActs(failed, async () => {
    recovery = (await sandbox.run(['recover', 'orders', '--yes'])).stdout;
    await sandbox.control('mend');
  });
  const { exitCode, stdout } = await sandbox.run(['rotate', 'orders', '--watch', '--json'], {
    stderr,
  });
  expect(recovery).toContain('was at work within the last 15 minutes');
  expect(recovery).toContain('orders: nothing was changed');
  expect(exitCode).toBe(0);
  const result = JSON.parse(stdout) as { failures: unknown[] };
  expect(result).toMatchObject({ ok: true, status: 'succeeded' });
  expect(result.failures[0]).toEqual({
    step: 'createSecret',
    subject: 'oci-frankfurt',
    error: 'VaultUnreachableError',
    aftermath: [],
    next: "see whether that vault answers and the function's network reaches it",
  });
  expect(await sandbox.opened(await sandbox.password())).toEqual(['orders-rds', 'orders-adb']);
});

test('fails when nobody knows a password any more, and follows the stuck rotation once it is mended', async () => {
  await sandbox.control('change-by-hand postgres');
  // An hour goes by once the failure was told.
  let laterMs = 0;
  const stderr = stderrThatActs('✖ setSecret: orders-rds, LockedOutError\n', () => {
    laterMs = 3_600_000;
    return Promise.resolve();
  });
  const clock = { ...CLOCK, now: () => Date.now() + laterMs };
  const stuck = await sandbox.run(['rotate', 'orders', '--watch'], { stderr, clock });
  expect(stuck.exitCode).toBe(1);
  expect(stuck.stdout).toContain(
    "setSecret failed last: orders-rds, LockedOutError. Set the user's password on that database, as an administrator, to one that the secret holds.\nNext: once that is mended, lockstep rotate orders --watch makes Secrets Manager try it again at once.\n",
  );
  const again = await sandbox.run(['rotate', 'orders', '--json']);
  expect(again.exitCode).toBe(1);
  expect(JSON.parse(again.stdout)).toMatchObject({ ok: false, status: 'under-way' });
  const dryRun = await sandbox.run(['rotate', 'orders', '--dry-run']);
  expect(dryRun.exitCode).toBe(1);
  expect(dryRun.stderr).toContain('a rotation is under way. (RotationUnderWayError)\n');

  await sandbox.control('mend');
  const healed = await sandbox.run(['rotate', 'orders', '--watch', '--json']);
  expect(healed.exitCode).toBe(0);
  expect(JSON.parse(healed.stdout)).toMatchObject({ status: 'succeeded' });
  expect(await sandbox.opened(await sandbox.password())).toEqual(['orders-rds', 'orders-adb']);
});

test('rotate --watch does without an audit trail that cannot be read, and says so', async () => {
  await sandbox.control('break audit');
  const stderr: string[] = [];
  const said = 'the audit trail cannot be read';
  const acting = stderrThatActs(said, async () => {
    stderr.push(said);
    await sandbox.control('mend');
  });
  const { exitCode } = await sandbox.run(['rotate', 'orders', '--watch'], { stderr: acting });
  expect(exitCode).toBe(0);
  expect(stderr).toEqual([said]);
});

test('clear-refusals asks, and has the function let logins be tried again', async () => {
  const declined = await sandbox.run(['clear-refusals', 'orders'], {
    ask: () => Promise.resolve(''),
  });
  expect(declined.exitCode).toBe(4);
  const cleared = await sandbox.run(['clear-refusals', 'orders', '--yes', '--json']);
  expect(cleared.exitCode).toBe(0);
  expect(JSON.parse(cleared.stdout)).toEqual({
    ok: true,
    rotation: 'orders',
    databases: ['orders-rds', 'orders-adb'],
  });
});

test('fails when there is no such rotation', async () => {
  const { exitCode, stderr } = await sandbox.run(['rotate', 'payments']);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(
    'lockstep: there is no rotation "payments" in eu-west-1: no function lockstep-payments\n',
  );
});

test('fails when Lambda cannot be reached', async () => {
  const environment = { ...sandbox.environment, AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1' };
  const { exitCode, stdout } = await sandbox.run(['rotate', 'orders', '--json'], { environment });
  expect(exitCode).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false });
});

test('fails when an endpoint would send requests in the clear', async () => {
  const environment = { ...sandbox.environment, AWS_ENDPOINT_URL_LAMBDA: 'http://lambda.example' };
  const { exitCode, stderr } = await sandbox.run(['rotate', 'orders'], { environment });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('AWS_ENDPOINT_URL_LAMBDA is neither https nor on the loopback address');
});

test('as a process of its own it prints one JSON object and nothing else', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [LOCKSTEP, 'rotate', 'orders', '--dry-run', '--json'],
    { env: { PATH: process.env['PATH'], ...sandbox.environment } },
  );
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, rotation: 'orders' });
  expect(stdout.endsWith('}\n')).toBe(true);
});
