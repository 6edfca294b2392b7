import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { AuditKeys } from '../../config/audit-config.ts';
import { objectKey } from '../../lambda/audit/object-key.ts';
import type { AuditObject } from '../../lambda/ports/audit-store.ts';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import { serve, type StandIn } from '../../local/aws/http-stand-in.ts';
import { lambdaService, type DeployedFunction } from '../../local/aws/lambda-server.ts';
import type { RotationEvent } from '../../local/aws/rotation-events.ts';
import { FaultPlan } from '../../local/faults.ts';
import { runCommand, type CommandResult } from '../cli-world.ts';
import { PREFIX } from '../unit/audit-fixture.ts';
import { BUCKET, PARAMETER, setStandInCredentials, storyObjects } from './audit-stand-ins.ts';
import { configOf, deployedFunction } from './deployed-function.ts';

const COPIES = { mirror: 'oci-frankfurt', namespace: 'n', bucket: 'b', prefix: 'aws/' };
const KEY = 'key of the command tests, 32 bytes at least';
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders';
/** The story's newest rotation. */
const NEWEST = 'beaf0000-0000-4000-8000-00000000000b';

let aws: AwsServer;
let lambda: StandIn;
let faults: FaultPlan;
let secrets: SecretsManagerClient;
let folder: string;
let environment: Record<string, string>;
/** The same for every test, because the key is. */
let trail: readonly AuditObject[] | undefined;

beforeAll(setStandInCredentials);

beforeEach(async () => {
  faults = new FaultPlan();
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-'));
  aws = await startAwsServer({
    rotation: { invoke: rotationFunction },
    buckets: [{ name: BUCKET }],
    faults,
  });
  secrets = new SecretsManagerClient({ region: 'eu-west-1', endpoint: aws.urls.secretsManager });
  const created = await secrets.send(
    new CreateSecretCommand({ Name: 'orders', SecretString: 'first value' }),
  );
  await rotateTo(NEWEST, created.ARN ?? '');
  const functions = [
    deployed(created.ARN ?? '', { keyParameter: PARAMETER }),
    deployed(created.ARN ?? '', {
      keyArn: aws.keys.create(),
      formerKeys: [{ keyParameter: PARAMETER }],
    }),
  ];
  lambda = await serve(lambdaService(functions), { faults, journal: [] });
  environment = { ...aws.environment, AWS_ENDPOINT_URL_LAMBDA: lambda.url };
  await write();
});

afterEach(async () => {
  secrets.destroy();
  await Promise.all([aws.close(), lambda.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** The least that AWS asks of a rotation function. */
async function rotationFunction(event: RotationEvent): Promise<void> {
  const { Step: step, SecretId, ClientRequestToken } = event;
  if (step === 'createSecret') {
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken,
        SecretString: 'second value',
        VersionStages: ['AWSPENDING'],
      }),
    );
  }
  if (step === 'finishSecret') {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: ClientRequestToken,
        RemoveFromVersionId: currentOf(SecretId),
      }),
    );
  }
}

function currentOf(SecretId: string): string | undefined {
  const { VersionIdsToStages: labels = {} } = aws.secretsManager.describeSecret({ SecretId });
  return Object.entries(labels).find(([, held]) => held.includes('AWSCURRENT'))?.[0];
}

async function rotateTo(versionId: string, secretArn: string): Promise<void> {
  await secrets.send(
    new RotateSecretCommand({
      SecretId: secretArn,
      ClientRequestToken: versionId,
      RotationLambdaARN: FUNCTION_ARN,
      RotationRules: { AutomaticallyAfterDays: 30 },
    }),
  );
  await aws.rotations.settled(versionId);
}

function deployed(secretArn: string, keys: AuditKeys): DeployedFunction {
  const copyTo = { ociObjectStorage: COPIES };
  return deployedFunction({
    functionArn: keys.keyArn === undefined ? FUNCTION_ARN : `${FUNCTION_ARN}-moved`,
    config: configOf({ secretArn, audit: { bucket: BUCKET, prefix: PREFIX, ...keys, copyTo } }),
  });
}

/** The trail, as the function writes it, put into the stand-in's bucket. */
async function write(): Promise<void> {
  aws.parameters.putParameter({ Name: PARAMETER, Value: KEY, Type: 'SecureString' });
  trail ??= await storyObjects(aws);
  for (const object of trail) put(object);
}

function put({ key, body }: AuditObject): void {
  aws.buckets.put(BUCKET, key, { bytes: Buffer.from(body), checksum: undefined, headers: {} });
}

function tamper(sequence: number, change: (body: string) => string): void {
  const key = objectKey(PREFIX, sequence);
  put({ key, body: change(aws.buckets.get(BUCKET, key).bytes.toString('utf8')) });
}

async function lockstep(...args: string[]): Promise<CommandResult> {
  return await runCommand(args, {
    environment,
    folder,
    clock: { now: () => Date.UTC(2026, 10, 20, 10), sleep: () => Promise.resolve() },
  });
}

describe('lockstep audit verify', () => {
  test('says that a trail holds, and which gaps the function left', async () => {
    const { exitCode, stdout } = await lockstep('audit', 'verify', 'orders');
    expect(stdout).toContain('the audit trail of orders holds: 163 entries');
    expect(stdout).toContain(`the last version that was promoted, ${NEWEST}, has its entry`);
    expect(stdout).toContain('! entry 111 (interrupted): the change of orders-rds to 8b7c');
    expect(exitCode).toBe(0);
  });

  test('verifies what a former key signed, after the trail has moved to KMS', async () => {
    const { exitCode, stdout } = await lockstep('audit', 'verify', 'orders-moved');
    expect(stdout).toContain('holds: 163 entries');
    expect(exitCode).toBe(0);
  });

  test('fails when an entry was altered or removed, and says which', async () => {
    tamper(5, (body) => body.replace('orders-rds', 'orders-rdz'));
    aws.buckets.delete(BUCKET, objectKey(PREFIX, 30));
    const { exitCode, stdout } = await lockstep('audit', 'verify', 'orders');
    expect(stdout).toContain('✖ entry 5 (altered): its MAC does not belong to what it says');
    expect(stdout).toContain('✖ entry 30 (missing): there is no entry 30');
    expect(stdout).toContain('the audit trail of orders does not hold: 2 findings');
    expect(exitCode).toBe(1);
  });

  test('fails when the tail is cut off, by what Secrets Manager promoted', async () => {
    for (let sequence = 149; sequence <= 163; sequence += 1) {
      aws.buckets.delete(BUCKET, objectKey(PREFIX, sequence));
    }
    const { exitCode, stdout } = await lockstep('audit', 'verify', 'orders', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      rotation: 'orders',
      entryCount: 148,
      findings: [
        { kind: 'unrecorded-promotion', message: `no entry says that ${NEWEST} was promoted` },
      ],
    });
    expect(exitCode).toBe(1);
  });

  test('fails when an entry has no copy in the folder, and not where each has one', async () => {
    const copies = path.join(folder, 'copies', 'aws', PREFIX, 'entries');
    await mkdir(copies, { recursive: true });
    for (const [entry] of aws.buckets.versions(BUCKET, `${PREFIX}entries/`)) {
      await writeFile(path.join(copies, path.basename(entry?.key ?? '')), entry?.bytes ?? '');
    }
    const args = ['audit', 'verify', 'orders', '--copies', 'copies'];
    const { exitCode, stdout } = await lockstep(...args);
    expect(stdout).toContain('the audit trail of orders holds: 163 entries');
    expect(stdout).toContain('✔ the copies are the same: 163, byte for byte');
    expect(exitCode).toBe(0);
    await rm(path.join(copies, '999999999992'));
    const incomplete = await lockstep(...args, '--json');
    expect(JSON.parse(incomplete.stdout)).toMatchObject({ ok: false, copies: { missing: [7] } });
    expect(incomplete.exitCode).toBe(1);
  });

  test('fails when there is no such rotation', async () => {
    const { exitCode, stderr, stdout } = await lockstep('audit', 'verify', 'billing');
    expect(stderr).toContain('there is no rotation "billing" in eu-west-1');
    expect(stdout).toBe('');
    expect(exitCode).toBe(3);
  });

  test('fails when the key may not be read, and shows none', async () => {
    faults.add({
      call: 'ssm:GetParameter',
      fault: { kind: 'refuse', code: 'AccessDeniedException' },
      times: 100,
    });
    const { exitCode, stderr } = await lockstep('audit', 'verify', 'orders');
    expect(stderr).toContain('the key /lockstep/orders/audit-key could not be read');
    expect(exitCode).toBe(3);
  });
});

describe('lockstep audit list', () => {
  test('lists rotations with start, duration and outcome, per database and vault', async () => {
    const { exitCode, stdout } = await lockstep('audit', 'list', 'orders');
    expect(stdout).toContain(
      '2026-01-01 03:04:11 UTC        6.1 s  succeeded      1a5a0000-0000-4000-8000-000000000001\n' +
        '    secrets-manager published, oci-frankfurt published, orders-rds proven, orders-adb proven\n',
    );
    expect(stdout).toContain('taken back     5e5a0000');
    expect(stdout).toContain('    setSecret: orders-adb: DatabaseUnreachableError');
    expect(exitCode).toBe(0);
  });

  test('gives the same as one object', async () => {
    const { stdout } = await lockstep('audit', 'list', 'orders', '--json');
    const { rotations } = JSON.parse(stdout) as { readonly rotations: readonly object[] };
    expect(rotations).toHaveLength(11);
    expect(rotations[7]).toMatchObject({
      outcome: 'given-up',
      promoted: null,
      started: '2026-08-01T03:08:20.410Z',
      failures: [{ step: 'setSecret', subject: 'orders-adb', error: 'PasswordPolicyError' }],
    });
  });

  test('fails when the trail does not hold, and lists what is authentic', async () => {
    tamper(163, (body) => body.replace('oci-frankfurt', 'oci-elsewhere'));
    const { exitCode, stdout } = await lockstep('audit', 'list', 'orders');
    expect(stdout).toContain('lockstep audit verify orders says what is wrong');
    expect(stdout).not.toContain('oci-elsewhere');
    expect(exitCode).toBe(1);
  });
});

describe('lockstep audit report', () => {
  test('writes one page', async () => {
    const { exitCode, stdout } = await lockstep(
      'audit',
      'report',
      'orders',
      '--out',
      'report.html',
    );
    const page = await readFile(path.join(folder, 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('Audit report: orders');
    expect(page).not.toContain(KEY);
    expect(stdout).toContain('report.html: 11 rotations; the trail holds');
    expect(exitCode).toBe(0);
  });

  test('fails when the page cannot be written', async () => {
    const args = ['audit', 'report', 'orders', '--out', 'no-folder/report.html'];
    const { exitCode, stderr } = await lockstep(...args);
    expect(stderr).toContain('cannot write');
    expect(exitCode).toBe(1);
  });

  test('fails when it is not told where to write', async () => {
    const { exitCode } = await lockstep('audit', 'report', 'orders');
    expect(exitCode).toBe(2);
  });
});
