import type { AuditKeys } from '../../config/audit-config.ts';
import { objectKey } from '../../lambda/audit/object-key.ts';
import type { Finding } from '../../lambda/inspection/finding.ts';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import { serve, type StandIn } from '../../local/aws/http-stand-in.ts';
import {
  lambdaService,
  type DeployedFunction,
  type FunctionPermission,
} from '../../local/aws/lambda-server.ts';
import { FaultPlan } from '../../local/faults.ts';
import { runCommand, type CommandResult } from '../cli-world.ts';
import { PREFIX } from '../unit/audit-fixture.ts';
import { CHAPTERS } from '../unit/cli/audit-story.ts';
import { BUCKET, PARAMETER, setStandInCredentials, storyObjects } from './audit-stand-ins.ts';
import { configOf, deployedFunction } from './deployed-function.ts';

const ACCOUNT_ID = '111111111111';
const FUNCTIONS = `arn:aws:lambda:eu-west-1:${ACCOUNT_ID}:function:`;
const SECRET_ARN = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT_ID}:secret:orders-000001`;
const SECRET_KEY = `arn:aws:kms:eu-west-1:${ACCOUNT_ID}:key/secret`;
const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const OWN: FunctionPermission = {
  statementId: 'rotation',
  action: 'lambda:InvokeFunction',
  principal: 'secretsmanager.amazonaws.com',
  sourceAccount: ACCOUNT_ID,
  sourceArn: SECRET_ARN,
};
/** What the inspector answers. */
const INSPECTED = {
  check: 'database-login',
  subject: 'orders-rds',
  outcome: 'ok',
  found: 'it accepts secrets-manager AWSCURRENT',
};

let aws: AwsServer;
let lambda: StandIn;
let faults: FaultPlan;
let failing: boolean;

interface Bed {
  readonly permissions?: readonly FunctionPermission[];
  readonly isLocked?: boolean;
  readonly keys?: AuditKeys;
  readonly hasInspector?: boolean;
}

beforeAll(setStandInCredentials);

afterEach(async () => {
  await Promise.all([aws.close(), lambda.close()]);
});

/** A rotation that is deployed, tested and has a trail, in which nothing is wrong if not told otherwise. */
async function open({
  permissions = [OWN],
  isLocked = true,
  keys = { keyParameter: PARAMETER },
  hasInspector = true,
}: Bed = {}): Promise<void> {
  faults = new FaultPlan();
  failing = false;
  const lock = isLocked ? { retentionDays: 365, requireIfNoneMatch: true } : {};
  aws = await startAwsServer({
    rotation: {
      invoke: () => (failing ? Promise.reject(new Error('no')) : Promise.resolve()),
      attemptsMax: 1,
    },
    buckets: [{ name: BUCKET, ...lock }],
    faults,
  });
  aws.keys.create({ keyId: 'secret', keySpec: 'SYMMETRIC_DEFAULT' });
  aws.secretsManager.createSecret({
    Name: 'orders',
    SecretString: 'first value',
    ClientRequestToken: V1,
    KmsKeyId: SECRET_KEY,
  });
  aws.rotations.rotateSecret({
    SecretId: SECRET_ARN,
    ClientRequestToken: V2,
    RotationLambdaARN: `${FUNCTIONS}lockstep-orders`,
    RotationRules: { ScheduleExpression: 'rate(30 days)' },
    RotateImmediately: false,
  });
  await aws.rotations.settled(V2);
  await writeTrail();
  const inspector = deployed('lockstep_inspector-orders', keys);
  const functions = [{ ...deployed('lockstep-orders', keys), permissions }];
  lambda = await serve(lambdaService(hasInspector ? [...functions, inspector] : functions), {
    faults,
    journal: [],
  });
}

function deployed(name: string, keys: AuditKeys): DeployedFunction {
  const audit = { bucket: BUCKET, prefix: PREFIX, ...keys };
  return deployedFunction({
    functionArn: `${FUNCTIONS}${name}`,
    config: configOf({ secretArn: SECRET_ARN, audit }),
    invoke: () => Promise.resolve({ rotation: 'orders', findings: [INSPECTED] }),
  });
}

async function writeTrail(): Promise<void> {
  aws.parameters.putParameter({
    Name: PARAMETER,
    Value: 'key of the command tests, 32 bytes at least',
    Type: 'SecureString',
  });
  const objects = await storyObjects(aws, CHAPTERS.slice(0, 1));
  for (const { key, body } of objects) put(key, body);
}

function put(key: string, body: string): void {
  aws.buckets.put(BUCKET, key, { bytes: Buffer.from(body), checksum: undefined, headers: {} });
}

async function doctor(...args: string[]): Promise<CommandResult> {
  const environment = { ...aws.environment, AWS_ENDPOINT_URL_LAMBDA: lambda.url };
  return await runCommand(['doctor', 'orders', ...args], { environment });
}

async function findings(check: string): Promise<readonly Finding[]> {
  const { stdout } = await doctor('--json');
  const { findings: all } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return all.filter((one) => one.check === check);
}

describe('lockstep doctor, beside what the inspector finds', () => {
  test('finds nothing wrong where nothing is, and changes nothing', async () => {
    await open();
    const before = aws.secretsManager.inspect(SECRET_ARN);
    const { exitCode, stdout } = await doctor();
    expect(stdout).not.toMatch(/^[✖?!] /m);
    expect(
      stdout
        .split('\n')
        .slice(0, -3)
        .map((line) => line.slice(0, 60)),
    ).toEqual([
      '✔ rotation-function  secrets-manager: lockstep-orders rotate',
      '✔ secret-owner  secrets-manager: no other service manages th',
      '✔ rotation-schedule  secrets-manager: the schedule is rate(3',
      '✔ function-policy  lockstep-orders: Secrets Manager may call',
      '✔ rotation-events  secrets-manager: CloudTrail knows of no r',
      '✔ audit-lock  audit-trail: entries are locked for 365 days; ',
      '✔ audit-overwriting  audit-trail: the bucket refuses a write',
      '✔ audit-chain  audit trail: all 15 entries hold together',
      `✔ encryption-key  secrets-manager: its key ${SECRET_KEY} is e`.slice(0, 60),
      '✔ database-login  orders-rds: it accepts secrets-manager AWS',
    ]);
    expect(exitCode).toBe(0);
    expect(aws.secretsManager.inspect(SECRET_ARN)).toBe(before);
    const operations = aws.requests.map(({ operation }) => operation);
    expect(operations.filter((one) => /^(Put|Create|Update|Delete|Rotate)/.test(one))).toEqual([]);
  });

  test('fails when Secrets Manager may not call the function', async () => {
    await open({ permissions: [] });
    expect(await findings('function-policy')).toMatchObject([{ outcome: 'failure' }]);
    expect((await doctor()).exitCode).toBe(1);
  });

  test("fails when the secret's key, or that of the trail, cannot be used", async () => {
    const keyArn = `arn:aws:kms:eu-west-1:${ACCOUNT_ID}:key/audit`;
    await open({ keys: { keyArn, formerKeys: [{ keyParameter: PARAMETER }] } });
    aws.keys.setState(SECRET_KEY, 'PendingDeletion');
    expect(await findings('encryption-key')).toMatchObject([
      { subject: 'secrets-manager', outcome: 'failure' },
      { subject: 'audit trail', outcome: 'failure', found: `its key ${keyArn} does not exist` },
    ]);
    aws.keys.create({ keyId: 'audit' });
    aws.keys.setState(SECRET_KEY, 'Enabled');
    expect(await findings('encryption-key')).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
  });

  test('fails when CloudTrail tells of a rotation that failed last', async () => {
    await open();
    failing = true;
    const token = '00000000-0000-4000-8000-000000000003';
    aws.rotations.rotateSecret({ SecretId: SECRET_ARN, ClientRequestToken: token });
    await aws.rotations.settled(token);
    const [finding] = await findings('rotation-events');
    expect(finding).toMatchObject({ outcome: 'failure' });
    expect(finding?.found).toContain(
      `Error when executing lambda ${FUNCTIONS}lockstep-orders during createSecret step`,
    );
  });

  test('fails when the trail is not locked or does not hold', async () => {
    await open({ isLocked: false });
    const key = objectKey(PREFIX, 5);
    const body = aws.buckets.get(BUCKET, key).bytes.toString('utf8');
    put(key, body.replace('orders-rds', 'orders-rdz'));
    expect(await findings('audit-lock')).toMatchObject([{ outcome: 'failure' }]);
    expect(await findings('audit-overwriting')).toMatchObject([{ outcome: 'warning' }]);
    expect(await findings('audit-chain')).toMatchObject([
      { outcome: 'failure', found: expect.stringContaining('one finding') as string },
    ]);
  });

  test.each([
    ['lambda:GetPolicy', 'function-policy', 'get lambda:GetPolicy on it'],
    ['kms:DescribeKey', 'encryption-key', `get kms:DescribeKey on ${SECRET_KEY}`],
    ['cloudtrail:LookupEvents', 'rotation-events', 'get cloudtrail:LookupEvents'],
    ['s3:GetObjectLockConfiguration', 'audit-lock', 'get s3:GetBucketObjectLockConfiguration'],
    ['s3:GetBucketPolicy', 'audit-overwriting', 'get s3:GetBucketPolicy'],
    ['secretsmanager:DescribeSecret', 'rotation-function', 'get secretsmanager:DescribeSecret'],
    ['secretsmanager:DescribeSecret', 'secret-owner', 'get secretsmanager:DescribeSecret'],
    ['secretsmanager:DescribeSecret', 'rotation-schedule', 'get secretsmanager:DescribeSecret'],
    ['secretsmanager:DescribeSecret', 'encryption-key', 'get secretsmanager:DescribeSecret'],
    ['s3:ListObjectsV2', 'audit-chain', 'get what audit verify needs'],
  ])('says which right is missing where it may not look (%s, %s)', async (call, check, remedy) => {
    await open();
    faults.add({ call, fault: { kind: 'refuse', code: 'AccessDeniedException' }, times: 99 });
    const [finding] = await findings(check);
    expect(finding?.outcome).toBe('unchecked');
    expect(finding?.remedy).toContain(remedy);
    expect((await doctor()).exitCode).toBe(3);
  });

  test('says what it can of the account where there is no inspector', async () => {
    await open({ hasInspector: false });
    expect(await findings('inspector')).toMatchObject([
      {
        outcome: 'unchecked',
        found: 'there is no function lockstep_inspector-orders',
        remedy: 'deploy the rotation with this version (cdk deploy), and check --region',
      },
    ]);
    expect(await findings('function-policy')).toMatchObject([{ outcome: 'ok' }]);
  });
});
