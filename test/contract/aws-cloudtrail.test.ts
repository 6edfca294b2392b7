import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  type LookupEventsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';

const LAMBDA = 'arn:aws:lambda:eu-west-1:111111111111:function:rotate-app';
const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-000001';
const DAY_MS = 24 * 60 * 60 * 1_000;
let nowMs: number;
let aws: AwsServer;
let client: CloudTrailClient;
let fails: boolean;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 20);
  fails = false;
  aws = await startAwsServer({
    now: () => nowMs,
    rotation: {
      attemptsMax: 2,
      retryDelayMs: 0,
      invoke: ({ Step: step }) =>
        fails && step === 'testSecret' ? Promise.reject(new Error('no')) : Promise.resolve(),
    },
  });
  client = new CloudTrailClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: aws.urls.cloudTrail,
    maxAttempts: 1,
  });
  aws.secretsManager.createSecret({
    Name: 'app',
    SecretString: 'old_secret',
    ClientRequestToken: token(1),
  });
});

afterEach(async () => {
  client.destroy();
  await aws.close();
});

function token(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Of the configuration, which leaves nothing behind: the stand-in's least work. */
async function testRotation(number: number): Promise<void> {
  aws.rotations.rotateSecret({
    SecretId: ARN,
    ClientRequestToken: token(number),
    RotationLambdaARN: LAMBDA,
    RotateImmediately: false,
  });
  await aws.rotations.settled(token(number));
}

async function lookUp(
  name: string | undefined,
  request: Partial<LookupEventsCommandInput> = {},
): Promise<LookupEventsCommandOutput> {
  const attribute = { AttributeKey: 'EventName' as const, AttributeValue: name };
  return await client.send(
    new LookupEventsCommand({
      ...(name !== undefined && { LookupAttributes: [attribute] }),
      ...request,
    }),
  );
}

describe('LookupEvents', () => {
  test('has what Secrets Manager says of a rotation, with secret, version and failed step', async () => {
    fails = true;
    aws.rotations.rotateSecret({
      SecretId: ARN,
      ClientRequestToken: token(2),
      RotationLambdaARN: LAMBDA,
    });
    await aws.rotations.settled(token(2));
    const { Events: [event] = [] } = await lookUp('RotationFailed');
    expect(event).toMatchObject({
      EventName: 'RotationFailed',
      EventSource: 'secretsmanager.amazonaws.com',
      EventTime: new Date(nowMs),
    });
    expect(JSON.parse(event?.CloudTrailEvent ?? '')).toMatchObject({
      eventType: 'AwsServiceEvent',
      eventTime: '2026-11-20T00:00:00Z',
      errorMessage: `Error when executing lambda ${LAMBDA} during testSecret step`,
      additionalEventData: { SecretId: ARN },
      requestID: `Rotation-${ARN}-${token(2)}`,
    });
    expect((await lookUp('RotationStarted')).Events).toHaveLength(1);
    expect((await lookUp('RotationSucceeded')).Events).toEqual([]);
  });

  test('has a version that was stored in the middle as the end of a rotation', async () => {
    fails = true;
    aws.rotations.rotateSecret({
      SecretId: ARN,
      ClientRequestToken: token(2),
      RotationLambdaARN: LAMBDA,
    });
    aws.secretsManager.putSecretValue({
      SecretId: ARN,
      ClientRequestToken: token(3),
      SecretString: 'by hand',
    });
    await aws.rotations.settled(token(2));
    expect((await lookUp('RotationAbandoned')).Events).toHaveLength(1);
    expect((await lookUp('RotationFailed')).Events).toEqual([]);
  });

  test('lists the newest first, a page after the other, and forgets after 90 days', async () => {
    for (const number of [2, 3, 4]) {
      await testRotation(number);
      nowMs += 50 * DAY_MS;
    }
    const first = await lookUp('TestRotationSucceeded', { MaxResults: 1 });
    expect(first.Events?.map(({ EventTime: time }) => time)).toEqual([
      new Date(Date.UTC(2027, 1, 28)),
    ]);
    expect(first.NextToken).toBeUndefined();
    nowMs -= 50 * DAY_MS;
    const { Events: events, NextToken } = await lookUp('TestRotationSucceeded', { MaxResults: 1 });
    expect(events).toHaveLength(1);
    const second = await lookUp('TestRotationSucceeded', { MaxResults: 1, NextToken });
    expect(second.Events?.map(({ EventTime: time }) => time)).toEqual([
      new Date(Date.UTC(2027, 0, 9)),
    ]);
  });

  test('fails when it is asked for what it does not take', async () => {
    await expect(lookUp('RotationFailed', { MaxResults: 51 })).rejects.toMatchObject({
      name: 'InvalidMaxResultsException',
    });
    await expect(lookUp('RotationFailed', { NextToken: 'example' })).rejects.toMatchObject({
      name: 'InvalidNextTokenException',
    });
    const LookupAttributes = ['RotationFailed', 'RotationStarted'].map((AttributeValue) => ({
      AttributeKey: 'EventName' as const,
      AttributeValue,
    }));
    await expect(lookUp(undefined, { LookupAttributes })).rejects.toMatchObject({
      name: 'InvalidLookupAttributesException',
    });
  });
});
