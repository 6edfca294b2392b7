import { ChainedAuditTrail } from '../../lambda/adapters/audit-trail.ts';
import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import { FaultPlan } from '../../local/faults.ts';
import {
  BUCKET,
  openS3,
  openSsm,
  setStandInCredentials,
  type S3UnderTest,
  type SsmUnderTest,
} from './audit-stand-ins.ts';

const KEY = 'key of the trail tests, 32 bytes at least';
const PREFIX = 'orders/';
const NEWEST = 'orders/entries/999999999979';

let faults: FaultPlan;
let s3: S3UnderTest;
let ssm: SsmUnderTest;

beforeAll(setStandInCredentials);

beforeEach(async () => {
  faults = new FaultPlan();
  s3 = await openS3(faults);
  ssm = await openSsm([KEY], faults);
});

afterEach(async () => {
  await s3.close();
  await ssm.close();
});

async function appendTen(requestId: string): Promise<void> {
  const trail = new ChainedAuditTrail({
    store: s3.store,
    key: ssm.make(),
    tip: { link: undefined },
    context: {
      rotation: 'orders',
      secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf',
      versionId: requestId,
      step: 'finishSecret',
      requestId,
      functionVersion: '1',
    },
    clock: { now: () => Date.UTC(2026, 10, 20) },
    prefix: PREFIX,
  });
  for (let each = 1; each <= 10; each += 1) {
    await trail.append({ event: 'promoted', subject: `vault-${each}` });
  }
}

const verify = (): ReturnType<typeof verifyTrail> =>
  verifyTrail({
    store: s3.store,
    key: ssm.make(),
    prefix: PREFIX,
    rotation: 'orders',
    promotedVersionIds: ['first', 'second'],
  });

test('two invocations write one chain to S3, which verifies', async () => {
  await Promise.all([appendTen('first'), appendTen('second')]);
  expect(s3.objects.get(BUCKET, NEWEST)).toBeDefined();
  await expect(verify()).resolves.toMatchObject({
    isIntact: true,
    entryCount: 20,
    tip: { sequence: 20 },
  });
});

test('an answer that S3 lost does not double an entry', async () => {
  faults.add({ call: 's3:PutObject', fault: { kind: 'loseReply' }, skip: 3, times: 1 });
  await appendTen('first');
  await appendTen('second');
  await expect(verify()).resolves.toMatchObject({ isIntact: true, entryCount: 20 });
});

test('a delete marker on the newest entries is found out by the promoted version', async () => {
  await appendTen('first');
  await appendTen('second');
  for (let inverted = 979; inverted <= 988; inverted += 1) {
    s3.objects.delete(BUCKET, `orders/entries/999999999${inverted}`);
  }
  await expect(verify()).resolves.toMatchObject({
    isIntact: false,
    entryCount: 10,
    findings: [{ message: 'no entry says that second was promoted' }],
  });
});
