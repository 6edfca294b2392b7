import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Parameter } from '@aws-sdk/client-ssm';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import { FaultPlan } from '../../local/faults.ts';
import { runCommand, type CommandResult } from '../cli-world.ts';
import { setStandInCredentials } from './audit-stand-ins.ts';

const PARAMETER = '/lockstep/orders/audit-key';
const KEY_ARN = 'arn:aws:kms:eu-west-1:111111111111:key/audit';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-a1B2c3';

let aws: AwsServer;
let faults: FaultPlan;
let folder: string;

beforeAll(setStandInCredentials);

beforeEach(async () => {
  faults = new FaultPlan();
  aws = await startAwsServer({ rotation: { invoke: () => Promise.resolve() }, faults });
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-'));
  await writeRotations({ keyParameter: PARAMETER });
});

afterEach(async () => {
  await aws.close();
  await rm(folder, { recursive: true, force: true });
});

async function writeRotations(audit: object): Promise<void> {
  const rotation = {
    name: 'orders',
    secretArn: SECRET,
    databases: [
      { name: 'rds', engine: 'postgres', host: 'h', port: 1, database: 'd', trust: 'system' },
    ],
    mirrors: [
      {
        name: 'oci',
        type: 'oci-vault',
        secretOcid: 'ocid1.vaultsecret.oc1..example',
        region: 'eu-frankfurt-1',
        auth: { type: 'api-key', secretArn: SECRET },
      },
    ],
    audit,
  };
  const text = JSON.stringify({ rotations: [rotation] });
  await writeFile(path.join(folder, 'rotations.json'), text);
}

async function bootstrap(...args: string[]): Promise<CommandResult> {
  return await runCommand(['bootstrap', ...args], { environment: aws.environment, folder });
}

function keyNow(): Parameter {
  return aws.parameters.getParameter({ Name: PARAMETER, WithDecryption: true }).Parameter ?? {};
}

describe('lockstep bootstrap', () => {
  test('makes the key, 48 bytes as a SecureString, and shows nothing of it', async () => {
    const { exitCode, stdout, stderr } = await bootstrap('orders');
    const { Value: value = '', Type } = keyNow();
    expect(exitCode).toBe(0);
    expect(Type).toBe('SecureString');
    expect(Buffer.from(value, 'base64')).toHaveLength(48);
    expect(value).toMatch(/^[A-Za-z0-9+/]{64}$/);
    expect(stdout).toBe(
      '✔ /lockstep/orders/audit-key in eu-west-1: made; it signs the audit trail of orders\n',
    );
    expect(`${stdout}${stderr}`).not.toContain(value);
  });

  test('leaves a key that exists as it is, and says so', async () => {
    await bootstrap('orders');
    const before = keyNow();
    const { exitCode, stdout } = await bootstrap('orders', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      rotation: 'orders',
      keyParameter: PARAMETER,
      region: 'eu-west-1',
      outcome: 'exists',
    });
    expect(keyNow()).toEqual(before);
  });

  test('makes two different keys for two parameters', async () => {
    await bootstrap('orders');
    const { Value: first } = keyNow();
    await writeRotations({ keyParameter: '/lockstep/other' });
    await bootstrap('orders');
    const second = aws.parameters.getParameter({ Name: '/lockstep/other', WithDecryption: true });
    expect(second.Parameter?.Value).not.toBe(first);
  });

  test.each(['loseReply', 'loseRequest'] as const)(
    'makes the key once where the network fails (%s)',
    async (kind) => {
      faults.add({ call: 'ssm:PutParameter', fault: { kind } });
      const { exitCode } = await bootstrap('orders');
      expect(exitCode).toBe(0);
      expect(keyNow()).toMatchObject({ Type: 'SecureString', Version: 1 });
    },
  );

  test('has nothing to make where a key of KMS signs', async () => {
    await writeRotations({ keyArn: KEY_ARN });
    const { exitCode, stdout } = await bootstrap('orders');
    expect(stdout).toContain('nothing is to be made');
    expect(exitCode).toBe(0);
    expect(faults.calls).toEqual([]);
  });

  test('fails when the parameter exists and is not encrypted, and shows nothing of it', async () => {
    const value = 'in the clear, long enough to be a key';
    aws.parameters.putParameter({ Name: PARAMETER, Value: value, Type: 'String' });
    const { exitCode, stdout, stderr } = await bootstrap('orders');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('exists and has the type String');
    expect(`${stdout}${stderr}`).not.toContain(value);
  });

  test('fails when it may not, and shows no key', async () => {
    faults.add({
      call: 'ssm:PutParameter',
      fault: { kind: 'refuse', code: 'AccessDeniedException' },
      times: 10,
    });
    const { exitCode, stderr } = await bootstrap('orders');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('Next: get the permission');
  });

  test('fails when the file has no such rotation, or is not there', async () => {
    const unknown = await bootstrap('billing');
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unknown.stderr).toContain(
      'has no rotation "billing"\nNext: name one that it has: orders',
    );
    const missing = await bootstrap('orders', '--file', 'missing.json');
    expect(missing.exitCode).toBe(3);
    expect(missing.stderr).toContain('cannot read missing.json');
  });
});
