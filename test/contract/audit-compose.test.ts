import { composeRotation, createContainer } from '../../lambda/compose.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import { FaultPlan } from '../../local/faults.ts';
import { setStandInCredentials } from './audit-stand-ins.ts';
import { configOf } from './deployed-function.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-a1B2c3';
const KEY_ARN = 'arn:aws:kms:eu-west-1:111111111111:key/audit';
const PREFIX = 'lockstep/orders/';

const config = configOf({
  secretArn: SECRET_ARN,
  audit: { bucket: 'audit', prefix: PREFIX, keyArn: KEY_ARN },
});

let aws: AwsServer;
let faults: FaultPlan;

beforeAll(setStandInCredentials);

beforeEach(async () => {
  faults = new FaultPlan();
  aws = await startAwsServer({
    rotation: { invoke: () => Promise.resolve() },
    buckets: [{ name: 'audit', requireIfNoneMatch: true, retentionDays: 365 }],
    faults,
  });
});

afterEach(async () => {
  await aws.close();
});

test('the function signs with the key of KMS that it is told, and asks SSM for none', async () => {
  aws.keys.create({ keyId: 'audit' });
  const LOCKSTEP_CONFIG = JSON.stringify(config);
  const container = createContainer({ ...aws.environment, LOCKSTEP_CONFIG });
  for (const requestId of ['request-1', 'request-2']) {
    const { audit } = composeRotation(container, {
      request: { step: 'createSecret', secretArn: SECRET_ARN, versionId: 'version' },
      requestId,
      functionVersion: '1',
      remainingMs: () => 60_000,
      reporter: { info: () => undefined, warn: () => undefined, metric: () => undefined },
      redactor: new Redactor(),
    });
    await audit.append({ event: 'staged', subject: 'oci' });
  }
  const bodies = aws.buckets
    .versions('audit', PREFIX)
    .flatMap(([version]) => version?.bytes.toString('utf8') ?? []);
  expect(bodies.map((body) => (JSON.parse(body) as { keyVersion: string }).keyVersion)).toEqual([
    `kms:${KEY_ARN}`,
    `kms:${KEY_ARN}`,
  ]);
  expect(faults.calls).toEqual([
    's3:ListObjectsV2',
    'kms:GenerateMac',
    's3:PutObject',
    'kms:GenerateMac',
    's3:PutObject',
  ]);
  const { s3, ssm, kms } = await container.audit();
  for (const client of [s3, ssm, await kms()]) client.destroy();
});
