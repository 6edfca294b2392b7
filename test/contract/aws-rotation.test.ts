import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import type { RotationEvent } from '../../local/aws/rotation-events.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const V3 = '00000000-0000-4000-8000-000000000003';
const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-000001';
const LAMBDA = 'arn:aws:lambda:eu-west-1:111111111111:function:rotate-app';

let aws: AwsServer;
let client: SecretsManagerClient;
let events: RotationEvent[];
/** Runs ahead of the rotation function; a test may throw here. */
let before: (event: RotationEvent) => Promise<void> | void;

beforeEach(async () => {
  events = [];
  before = () => undefined;
  aws = await startAwsServer({
    rotation: {
      invoke: rotationFunction,
      canInvoke: (arn) => arn === LAMBDA,
      attemptsMax: 2,
      retryDelayMs: 0,
      keepsPendingLabel: true,
    },
  });
  client = new SecretsManagerClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: aws.urls.secretsManager,
    maxAttempts: 1,
  });
  const secret = { Name: 'app', SecretString: 'old_secret', ClientRequestToken: V1 };
  await client.send(new CreateSecretCommand(secret));
});

afterEach(async () => {
  client.destroy();
  await aws.close();
});

/** The least that AWS asks of a rotation function, through the SDK. */
async function rotationFunction(event: RotationEvent): Promise<void> {
  const { SecretId, ClientRequestToken } = event;
  events.push(event);
  await before(event);
  if (event.Step === 'createSecret') {
    const value = { SecretString: 'new_secret', VersionStages: ['AWSPENDING'] };
    await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, ...value }));
  } else if (event.Step === 'finishSecret') {
    const { VersionIdsToStages = {} } = await describeSecret();
    const [current] =
      Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes('AWSCURRENT')) ?? [];
    const move = { MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current };
    const label = { SecretId, VersionStage: 'AWSCURRENT' };
    await client.send(new UpdateSecretVersionStageCommand({ ...label, ...move }));
  }
}

async function describeSecret(): Promise<DescribeSecretCommandOutput> {
  return await client.send(new DescribeSecretCommand({ SecretId: 'app' }));
}

async function rotate(request: object = {}): Promise<void> {
  const defaults = { SecretId: 'app', ClientRequestToken: V2, RotationLambdaARN: LAMBDA };
  await client.send(new RotateSecretCommand({ ...defaults, ...request }));
}

async function read(selector: object = {}): Promise<object> {
  return await client.send(new GetSecretValueCommand({ SecretId: 'app', ...selector }));
}

const ROTATED = { status: 'succeeded', attempts: 1 };

describe('RotateImmediately=false', () => {
  test('runs testSecret once, with a fresh token and a copy of AWSCURRENT, and leaves nothing', async () => {
    const pending: object[] = [];
    before = async (event) => {
      pending.push(await read({ VersionId: event.ClientRequestToken, VersionStage: 'AWSPENDING' }));
    };
    await rotate({ RotateImmediately: false, RotationRules: { AutomaticallyAfterDays: 30 } });
    expect(await aws.rotations.settled(V2)).toEqual(ROTATED);
    expect(events).toMatchObject([{ Step: 'testSecret', SecretId: ARN, ClientRequestToken: V2 }]);
    expect(pending).toMatchObject([{ SecretString: 'old_secret', VersionStages: ['AWSPENDING'] }]);
    expect(await read()).toMatchObject({ SecretString: 'old_secret', VersionId: V1 });
    expect((await describeSecret()).VersionIdsToStages).toEqual({ [V1]: ['AWSCURRENT'] });
    before = () => undefined;
    await rotate({ ClientRequestToken: V3 });
    expect(await aws.rotations.settled(V3)).toEqual(ROTATED);
  });
});

describe('Mistakes of a widely used emulator, not repeated here', () => {
  test('1. AWSPENDING beside AWSCURRENT does not block a rotation; apart from it, it does', async () => {
    await rotate();
    await aws.rotations.settled(V2);
    expect((await describeSecret()).VersionIdsToStages).toEqual({
      [V1]: ['AWSPREVIOUS'],
      [V2]: ['AWSCURRENT', 'AWSPENDING'],
    });
    before = () => {
      throw new Error('the database is away');
    };
    await rotate({ ClientRequestToken: V3 });
    await aws.rotations.settled(V3);
    await expect(rotate({ ClientRequestToken: V1 })).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: "A previous rotation isn't complete. That rotation will be reattempted.",
      $metadata: { httpStatusCode: 400 },
    });
    expect(await aws.rotations.settled(V3)).toMatchObject({ status: 'failed', attempts: 2 });
    expect((await describeSecret()).VersionIdsToStages).toMatchObject({ [V3]: ['AWSPENDING'] });
  });

  test('2. a pending value is never overwritten', async () => {
    const put = async (SecretString: string): Promise<void> => {
      const request = { SecretId: 'app', ClientRequestToken: V2, VersionStages: ['AWSPENDING'] };
      await client.send(new PutSecretValueCommand({ ...request, SecretString }));
    };
    await put('first');
    await expect(put('second')).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect(await read({ VersionId: V2 })).toMatchObject({ SecretString: 'first' });
  });

  test('3. a read without label is AWSCURRENT, during a rotation and after it', async () => {
    const during: object[] = [];
    before = async () => {
      during.push(await read());
    };
    await rotate();
    await aws.rotations.settled(V2);
    expect(during).toMatchObject(Array<object>(4).fill({ SecretString: 'old_secret' }));
    expect(await read()).toMatchObject({ SecretString: 'new_secret', VersionId: V2 });
  });

  test('4. a second RotateSecret without function keeps the first one', async () => {
    await rotate();
    await aws.rotations.settled(V2);
    await rotate({ ClientRequestToken: V3, RotationLambdaARN: undefined });
    expect(await aws.rotations.settled(V3)).toEqual(ROTATED);
    expect(await describeSecret()).toMatchObject({
      RotationLambdaARN: LAMBDA,
      VersionIdsToStages: { [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT', 'AWSPENDING'] },
    });
  });

  test('5. without any function RotateSecret is refused and AWSCURRENT keeps its value', async () => {
    await expect(rotate({ RotationLambdaARN: undefined })).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    expect(await read()).toMatchObject({ SecretString: 'old_secret', VersionId: V1 });
  });

  test('6. a schedule expression is kept, shown, and turns rotation on', async () => {
    const RotationRules = { ScheduleExpression: 'cron(0 2 ? * SUN *)', Duration: '3h' };
    await rotate({ RotationRules, RotateImmediately: false });
    await aws.rotations.settled(V2);
    const described = await describeSecret();
    expect(described).toMatchObject({ RotationEnabled: true, RotationRules });
    expect(described.NextRotationDate?.toISOString()).toMatch(/T04:59:59\.000Z$/);
    expect(described.RotationRules).not.toHaveProperty('AutomaticallyAfterDays');
  });

  test('7. no label is ever on two versions', async () => {
    await rotate();
    await aws.rotations.settled(V2);
    const move = { SecretId: 'app', VersionStage: 'AWSPENDING', MoveToVersionId: V1 };
    await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const put = { SecretId: 'app', ClientRequestToken: V3, SecretString: 'three' };
    await client.send(new PutSecretValueCommand({ ...put, VersionStages: ['AWSPENDING'] }));
    expect((await describeSecret()).VersionIdsToStages).toEqual({
      [V1]: ['AWSPREVIOUS'],
      [V2]: ['AWSCURRENT'],
      [V3]: ['AWSPENDING'],
    });
  });

  test('8. versions without label are left out', async () => {
    await rotate();
    await aws.rotations.settled(V2);
    await rotate({ ClientRequestToken: V3 });
    await aws.rotations.settled(V3);
    expect(Object.keys((await describeSecret()).VersionIdsToStages ?? {}).sort()).toEqual([V2, V3]);
  });

  test('9. the version of a configuration test is removed, a failed one too', async () => {
    before = () => {
      throw new Error('not configured');
    };
    await rotate({ RotateImmediately: false });
    expect(await aws.rotations.settled(V2)).toMatchObject({ status: 'failed' });
    expect((await describeSecret()).VersionIdsToStages).toEqual({ [V1]: ['AWSCURRENT'] });
  });

  test('10. the function is awaited, told the ARN and repeated; only a success is dated', async () => {
    before = (event) => {
      if (event.Step === 'testSecret' && events.length < 4) throw new Error('away');
    };
    await rotate();
    expect(await aws.rotations.settled(V2)).toEqual({ status: 'succeeded', attempts: 2 });
    expect(events).toHaveLength(3 + 4);
    expect(new Set(events.map((event) => event.SecretId))).toEqual(new Set([ARN]));
    expect(events.every((event) => event.RotationToken.length > 0)).toBe(true);
    const { LastRotatedDate } = await describeSecret();
    before = () => {
      throw new Error('away');
    };
    await rotate({ ClientRequestToken: V3 });
    await aws.rotations.settled(V3);
    expect((await describeSecret()).LastRotatedDate).toEqual(LastRotatedDate);
    expect(LastRotatedDate).toBeInstanceOf(Date);
  });

  test('11. sizes and labels are limited, listings are true, a cancelled rotation stops', async () => {
    const put = { SecretId: 'app', SecretString: 'a', ClientRequestToken: V3 };
    const tooLong = new PutSecretValueCommand({ ...put, SecretString: 'a'.repeat(65_537) });
    await expect(client.send(tooLong)).rejects.toMatchObject({ name: 'ValidationException' });
    const VersionStages = Array.from({ length: 20 }, (_, index) => `label${index}`);
    const tooMany = new PutSecretValueCommand({ ...put, VersionStages });
    await expect(client.send(tooMany)).rejects.toMatchObject({ name: 'LimitExceededException' });
    const list = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'app' }));
    expect(list).toMatchObject({ ARN, Name: 'app', Versions: [{ VersionId: V1 }] });
    before = async () => {
      await client.send(new CancelRotateSecretCommand({ SecretId: 'app' }));
    };
    await rotate();
    const cancelled = { status: 'abandoned', reason: 'cancelled' };
    expect(await aws.rotations.settled(V2)).toEqual(cancelled);
    expect(events).toHaveLength(1);
    expect(await describeSecret()).toMatchObject({
      RotationEnabled: false,
      RotationLambdaARN: LAMBDA,
    });
  });

  test('12. an unknown function is AccessDeniedException with status 400', async () => {
    await expect(rotate({ RotationLambdaARN: `${LAMBDA}-other` })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});
