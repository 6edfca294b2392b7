import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';
import { type Fault, FaultPlan } from '../../local/faults.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const ENVIRONMENT = { ...process.env };
/** In Jest's sandbox the SDK takes Node's own error for none and wraps it, which loses its code. */
const HANG_UP = expect.stringContaining('socket hang up') as string;

let aws: AwsServer;
let faults: FaultPlan;
let secrets: SecretsManagerClient;
let parameters: SSMClient;
let objects: S3Client;

beforeEach(async () => {
  faults = new FaultPlan();
  aws = await startAwsServer({
    rotation: { invoke: () => Promise.resolve() },
    faults,
    buckets: [{ name: 'audit' }],
  });
  Object.assign(process.env, aws.environment);
  const config = {
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  secrets = new SecretsManagerClient(config);
  parameters = new SSMClient(config);
  objects = new S3Client(config);
  aws.secretsManager.createSecret({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 });
  aws.parameters.putParameter({ Name: 'key', Value: 'plain', Type: 'String' });
});

afterEach(async () => {
  for (const client of [secrets, parameters, objects]) client.destroy();
  await aws.close();
  process.env = { ...ENVIRONMENT };
});

async function putSecret(SecretString = 'two'): Promise<unknown> {
  const request = { SecretId: 'app', ClientRequestToken: V2, SecretString };
  const command = new PutSecretValueCommand({ ...request, VersionStages: ['AWSPENDING'] });
  return await secrets.send(command);
}

async function getParameter(): Promise<unknown> {
  return await parameters.send(new GetParameterCommand({ Name: 'key' }));
}

async function putObject(): Promise<unknown> {
  return await objects.send(new PutObjectCommand({ Bucket: 'audit', Key: 'a/1', Body: 'entry' }));
}

function isStored(): boolean {
  return aws.secretsManager.inspect('app').versions.has(V2);
}

test('The SDK finds all three services through AWS_ENDPOINT_URL_…, S3 with a path-style address', async () => {
  await putSecret();
  await putObject();
  const read = await secrets.send(new GetSecretValueCommand({ SecretId: 'app', VersionId: V2 }));
  const object = await objects.send(new GetObjectCommand({ Bucket: 'audit', Key: 'a/1' }));
  expect(read.SecretString).toBe('two');
  expect(await object.Body?.transformToString()).toBe('entry');
  expect(await getParameter()).toMatchObject({ Parameter: { Value: 'plain' } });
});

test('The journal has every call, its operation and status, and nothing that was sent', async () => {
  await putSecret('unspeakable');
  await putObject();
  await expect(
    secrets.send(new CreateSecretCommand({ Name: 'app', SecretString: 'x' })),
  ).rejects.toThrow('already exists');
  expect(aws.requests).toEqual([
    { service: 'secretsmanager', operation: 'PutSecretValue', status: 200 },
    { service: 's3', operation: 'PutObject', status: 200 },
    { service: 'secretsmanager', operation: 'CreateSecret', status: 400 },
  ]);
  expect(JSON.stringify(aws.requests)).not.toContain('unspeakable');
  expect(faults.calls).toEqual([
    'secretsmanager:PutSecretValue',
    's3:PutObject',
    'secretsmanager:CreateSecret',
  ]);
});

describe('Faults', () => {
  test.each([
    [{ kind: 'refuse' }, { name: 'InternalServiceError', $metadata: { httpStatusCode: 500 } }],
    [
      { kind: 'refuse', code: 'DecryptionFailure', message: 'the key is disabled' },
      {
        name: 'DecryptionFailure',
        message: 'the key is disabled',
        $metadata: { httpStatusCode: 400 },
      },
    ],
    [{ kind: 'throttle' }, { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }],
    [{ kind: 'loseRequest' }, { message: HANG_UP }],
  ] as [Fault, object][])(
    'fails when %j strikes, and nothing took effect',
    async (fault, error) => {
      faults.add({ call: 'secretsmanager:PutSecretValue', fault });
      await expect(putSecret()).rejects.toMatchObject(error);
      expect(isStored()).toBe(false);
      await putSecret();
      expect(isStored()).toBe(true);
    },
  );

  test.each([
    ['loseReply', HANG_UP],
    ['cut', expect.stringContaining('aborted')],
  ] as ['loseReply' | 'cut', unknown][])(
    'fails when %s strikes, though it took effect',
    async (kind, message) => {
      faults.add({ call: 'secretsmanager:PutSecretValue', fault: { kind } });
      await expect(putSecret()).rejects.toMatchObject({ message });
      expect(isStored()).toBe(true);
      expect(aws.requests).toEqual([
        { service: 'secretsmanager', operation: 'PutSecretValue', status: undefined },
      ]);
      await putSecret();
    },
  );

  test('fails when an answer without a body is cut', async () => {
    faults.add({ call: 's3:PutObject', fault: { kind: 'cut' } });
    await expect(putObject()).rejects.toThrow();
    expect(aws.buckets.current('audit', 'a/1')?.bytes.toString()).toBe('entry');
  });

  test('a delayed call takes effect at once and is answered later', async () => {
    faults.add({ call: 'secretsmanager:PutSecretValue', fault: { kind: 'delay', delayMs: 20 } });
    const startedAt = performance.now();
    const answered = putSecret();
    while (!isStored()) await new Promise((resolve) => setImmediate(resolve));
    expect(aws.requests).toEqual([]);
    await answered;
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19);
  });

  test('fails when a call hangs until its client gives up, and nothing took effect', async () => {
    faults.add({ call: 'secretsmanager:PutSecretValue', fault: { kind: 'hang' } });
    const abortSignal = AbortSignal.timeout(30);
    const request = { SecretId: 'app', ClientRequestToken: V2, SecretString: 'two' };
    const sent = secrets.send(new PutSecretValueCommand(request), { abortSignal });
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(isStored()).toBe(false);
  });

  test('each service has its own words for failing and throttling', async () => {
    faults
      .add({ call: 's3:*', fault: { kind: 'throttle' } })
      .add({ call: 's3:*', fault: { kind: 'refuse' } })
      .add({ call: 's3:PutObject', fault: { kind: 'refuse', code: 'ConditionalRequestConflict' } })
      .add({ call: 'ssm:GetParameter', fault: { kind: 'throttle' } })
      .add({ call: 'ssm:GetParameter', fault: { kind: 'refuse' } });
    const failure = (name: string, httpStatusCode: number): object => ({
      name,
      $metadata: { httpStatusCode },
    });
    await expect(putObject()).rejects.toMatchObject(failure('SlowDown', 503));
    await expect(putObject()).rejects.toMatchObject(failure('InternalError', 500));
    await expect(putObject()).rejects.toMatchObject(failure('ConditionalRequestConflict', 409));
    await expect(getParameter()).rejects.toMatchObject(failure('ThrottlingException', 400));
    await expect(getParameter()).rejects.toMatchObject(failure('InternalServerError', 500));
    expect(await putObject()).toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });
});
