import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../../cli-world.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const NOVEMBER_2026_MS = Date.UTC(2026, 10, 27);
const YEAR_2061_MS = Date.UTC(2061, 4, 1);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-test-'));
  const ca = path.join(folder, 'lib/rds-ca/certificates');
  await mkdir(ca, { recursive: true });
  await copyFile(
    path.join(ROOT, 'lib/rds-ca/certificates/eu-central-1.pem'),
    path.join(ca, 'eu-central-1.pem'),
  );
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Entry {
  [key: string]: unknown;
  databases: Record<string, unknown>[];
}

async function check(
  change: (entry: Entry) => void,
  { nowMs = NOVEMBER_2026_MS } = {},
): Promise<{ exitCode: number; findings: unknown }> {
  const example = await readFile(path.join(ROOT, 'rotations.example.json'), 'utf8');
  const document = JSON.parse(example) as { rotations: [Entry] };
  change(document.rotations[0]);
  await writeFile(path.join(folder, 'rotations.json'), JSON.stringify(document));
  const { exitCode, stdout } = await runCommand(['config', 'check', '--json'], {
    folder,
    clock: { now: () => nowMs, sleep: () => Promise.resolve() },
  });
  const { findings } = JSON.parse(stdout) as { findings: unknown };
  return { exitCode, findings };
}

test('the example is found to be in order', async () => {
  expect(await check(() => undefined)).toEqual({ exitCode: 0, findings: [] });
});

test('fails when a field does not fit the schema, and names its place', async () => {
  const { exitCode, findings } = await check((entry) => {
    Object.assign(entry.databases[0] ?? {}, { port: 70_000 });
  });
  expect(exitCode).toBe(1);
  expect(findings).toEqual([
    {
      severity: 'failure',
      place: 'rotations.0.databases.0.port',
      message: 'Too big: expected number to be <=65535',
    },
  ]);
});

test('fails when the schedule is faster than a mirror can hold versions', async () => {
  const { exitCode, findings } = await check((entry) => {
    entry['schedule'] = { expression: 'rate(1 hour)' };
  });
  expect(exitCode).toBe(1);
  expect(findings).toEqual([
    expect.objectContaining({ severity: 'failure', place: 'orders.schedule' }),
  ]);
});

test('fails when the rotation is to live elsewhere than its secret', async () => {
  const { exitCode, findings } = await check((entry) => {
    entry['region'] = 'us-east-1';
  });
  expect(exitCode).toBe(1);
  expect(findings).toEqual([
    {
      severity: 'failure',
      place: 'orders',
      message: 'rotation "orders": its region is us-east-1, but its secret is in eu-central-1',
    },
  ]);
});

test('fails when a CA file does not exist', async () => {
  const { exitCode, findings } = await check((entry) => {
    Object.assign(entry.databases[0] ?? {}, { trust: { caFile: 'nowhere.pem' } });
  });
  expect(exitCode).toBe(1);
  expect(findings).toEqual([
    {
      severity: 'failure',
      place: 'orders.databases.orders-rds.trust',
      message: 'the CA file of database "orders-rds": cannot read nowhere.pem',
    },
  ]);
});

test('fails when the name makes the name of the function too long', async () => {
  const { exitCode, findings } = await check((entry) => {
    entry['name'] = 'a'.repeat(60);
  });
  expect(exitCode).toBe(1);
  expect(JSON.stringify(findings)).toContain('is longer than 64 characters');
});

test('a CA that ends within 90 days and a rotation without alarms are warnings', async () => {
  const { exitCode, findings } = await check(
    (entry) => {
      delete entry['alarms'];
    },
    { nowMs: YEAR_2061_MS },
  );
  expect(exitCode).toBe(0);
  expect(findings).toContainEqual({
    severity: 'warning',
    place: 'orders.databases.orders-rds.trust',
    message: expect.stringMatching(/^the certificate ".+" end(s|ed) on 2061-05-/) as unknown,
  });
  expect(findings).toContainEqual({
    severity: 'warning',
    place: 'orders.alarms',
    message: 'left out: nobody is told when it fails',
  });
});

test('fails when the file is no JSON, and quotes nothing of it', async () => {
  await writeFile(path.join(folder, 'rotations.json'), '{"password": "not-to-be-shown"');
  const result = await runCommand(['config', 'check'], { folder });
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toBe('');
  expect(result.stderr).toBe(
    'lockstep: the file of rotations is not valid JSON\nNext: mend it; an editor that knows JSON shows the place\n',
  );
});

test('fails when there is no such file, with another exit status', async () => {
  const result = await runCommand(['config', 'check', 'other.json'], { folder });
  expect(result.exitCode).toBe(3);
});
