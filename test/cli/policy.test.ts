import { beforeAll, expect, test } from '@jest/globals';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.open();
});

test('policy oci prints the statements for the secret of the sandbox', async () => {
  const { exitCode, stdout } = await sandbox.run([
    'policy',
    'oci',
    'orders',
    '--group',
    'rotators',
    '--compartment',
    'databases',
  ]);
  expect(exitCode).toBe(0);
  expect(stdout.replaceAll(/ocid1\.vaultsecret\.[a-z0-9.-]+/gi, 'OCID').split('\n')).toEqual([
    "allow group rotators to use secrets in compartment databases where target.secret.id = 'OCID'",
    "allow group rotators to read secret-bundles in compartment databases where target.secret.id = 'OCID'",
    "allow group rotators to inspect secret-versions in compartment databases where target.secret.id = 'OCID'",
    "allow group rotators to manage secret-versions in compartment databases where target.secret.id = 'OCID'",
    '',
  ]);
});

test('policy aws prints what the role may do, and what an operator needs', async () => {
  const { exitCode, stdout } = await sandbox.run(['policy', 'aws', 'orders', '--json']);
  expect(exitCode).toBe(0);
  const { role, operator } = JSON.parse(stdout) as {
    role: { Statement: { Sid: string }[] };
    operator: { commands: string }[];
  };
  expect(role.Statement.map(({ Sid: sid }) => sid)).toEqual([
    'RotateSecret',
    'ReadCredentialSecrets',
    'ReadAuditKey',
    'WriteAuditTrail',
    'ListAuditTrail',
    'WriteLog',
  ]);
  expect(operator.map(({ commands }) => commands)).toEqual([
    'rotate',
    'rotate --watch',
    'rotate --dry-run, revoke, clear-refusals',
    'status',
    'doctor',
    'audit verify, audit list, audit report',
    'bootstrap',
    'recover, adopt',
  ]);
});

test('config check finds the file of the sandbox in order, with two warnings', async () => {
  const { exitCode, stdout } = await sandbox.run(['config', 'check', '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    findings: [
      // The authority of a sandbox lives for days.
      { severity: 'warning', place: 'orders.databases.orders-rds.trust' },
      { severity: 'warning', place: 'orders.alarms' },
    ],
  });
});

test('fails when the file has no such rotation', async () => {
  const { exitCode, stderr } = await sandbox.run(['policy', 'oci', 'payments']);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'lockstep: rotations.json has no rotation "payments"\nNext: name one that it has: orders\n',
  );
});
