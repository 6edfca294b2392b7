import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';

const V1 = '00000000-0000-4000-8000-000000000001';
const V2 = '00000000-0000-4000-8000-000000000002';
const V3 = '00000000-0000-4000-8000-000000000003';
const LAMBDA = 'arn:aws:lambda:eu-west-1:111111111111:function:rotate-app';
const FORBIDDEN = 'arn:aws:lambda:eu-west-1:111111111111:function:forbidden';

let aws: AwsServer;
let client: SecretsManagerClient;

beforeEach(async () => {
  aws = await startAwsServer({
    rotation: { invoke: () => Promise.resolve(), canInvoke: (arn) => arn !== FORBIDDEN },
  });
  client = new SecretsManagerClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: aws.urls.secretsManager,
    maxAttempts: 1,
  });
  await client.send(
    new CreateSecretCommand({ Name: 'app', SecretString: 'one', ClientRequestToken: V1 }),
  );
});

afterEach(async () => {
  client.destroy();
  await aws.close();
});

async function put(versionId: string, text: string, labels?: string[]): Promise<string[]> {
  const request = { SecretId: 'app', ClientRequestToken: versionId, SecretString: text };
  const command = new PutSecretValueCommand({ ...request, VersionStages: labels });
  return (await client.send(command)).VersionStages ?? [];
}

async function move(request: object): Promise<void> {
  const defaults = { SecretId: 'app', VersionStage: 'AWSCURRENT' };
  await client.send(new UpdateSecretVersionStageCommand({ ...defaults, ...request }));
}

async function read(selector: object = {}): Promise<string | undefined> {
  const command = new GetSecretValueCommand({ SecretId: 'app', ...selector });
  return (await client.send(command)).SecretString;
}

async function labels(): Promise<Record<string, string[]> | undefined> {
  return (await client.send(new DescribeSecretCommand({ SecretId: 'app' }))).VersionIdsToStages;
}

async function listed(IncludeDeprecated: boolean): Promise<(string | undefined)[] | undefined> {
  const command = new ListSecretVersionIdsCommand({ SecretId: 'app', IncludeDeprecated });
  return (await client.send(command)).Versions?.map((version) => version.VersionId);
}

async function rotate(request: object): Promise<void> {
  await client.send(new RotateSecretCommand({ SecretId: 'app', ...request }));
}

function error(name: string, message: string): object {
  return expect.objectContaining({ name, message, $fault: 'client' }) as object;
}

/** A request without the SDK, which fills in a missing token. */
async function raw(operation: string, body: object, headers: object = {}): Promise<Response> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20261120/eu-west-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  return await fetch(aws.urls.secretsManager, {
    method: 'POST',
    headers: { 'x-amz-target': `secretsmanager.${operation}`, authorization, ...headers },
    body: JSON.stringify(body),
  });
}

describe('PutSecretValue', () => {
  test('does nothing for the same token and the same content', async () => {
    await put(V2, 'two', ['AWSPENDING']);
    expect(await put(V2, 'two', ['AWSCURRENT'])).toEqual(['AWSPENDING']);
    expect(await labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
  });

  test('fails when the same token brings different content', async () => {
    await put(V2, 'two', ['AWSPENDING']);
    await expect(put(V2, 'other', ['AWSPENDING'])).rejects.toEqual(
      error(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${V2} because that value is already in use for a version of secret arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-000001.`,
      ),
    );
    expect(await read({ VersionId: V2 })).toBe('two');
  });

  test('fills the version that a rotation staged without a value', async () => {
    await rotate({ ClientRequestToken: V2, RotationLambdaARN: LAMBDA });
    await expect(read({ VersionId: V2, VersionStage: 'AWSPENDING' })).rejects.toEqual(
      error(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
      ),
    );
    expect(await put(V2, 'two', ['AWSPENDING'])).toEqual(['AWSPENDING']);
    expect(await read({ VersionId: V2, VersionStage: 'AWSPENDING' })).toBe('two');
    await expect(put(V2, 'other', ['AWSPENDING'])).rejects.toThrow('already in use');
  });

  test('moves AWSCURRENT when no label is given', async () => {
    expect(await put(V2, 'two')).toEqual(['AWSCURRENT']);
    expect(await labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
  });

  test('moves a label that is attached elsewhere, AWSPENDING too', async () => {
    await put(V2, 'two', ['AWSPENDING']);
    await put(V3, 'three', ['AWSPENDING']);
    expect(await labels()).toEqual({ [V1]: ['AWSCURRENT'], [V3]: ['AWSPENDING'] });
  });

  test.each(['a'.repeat(31), 'a'.repeat(65)])('fails when the token is %s', async (token) => {
    await expect(put(token, 'two')).rejects.toEqual(
      error('InvalidParameterException', 'ClientRequestToken must be 32-64 characters long.'),
    );
  });
});

describe('UpdateSecretVersionStage', () => {
  test('moves AWSPREVIOUS along with AWSCURRENT and leaves both labels on the pending version', async () => {
    await put(V2, 'two', ['AWSPENDING']);
    await move({ MoveToVersionId: V2, RemoveFromVersionId: V1 });
    expect(await labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT', 'AWSPENDING'] });
    await put(V3, 'three');
    expect(await labels()).toEqual({ [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
  });

  test('fails when the label is on another version and RemoveFromVersionId does not name it', async () => {
    await put(V2, 'two', ['AWSPENDING']);
    await put(V3, 'three', ['mine']);
    await expect(move({ MoveToVersionId: V2 })).rejects.toEqual(
      error(
        'InvalidParameterException',
        `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${V1}, so you must explicitly reference that version in RemoveFromVersionId.`,
      ),
    );
    const wrong = { VersionStage: 'AWSPENDING', MoveToVersionId: V3, RemoveFromVersionId: V1 };
    await expect(move(wrong)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(await labels()).toEqual({
      [V1]: ['AWSCURRENT'],
      [V2]: ['AWSPENDING'],
      [V3]: ['mine'],
    });
  });

  test('deprecates a version with its last label: hidden, listed on request, readable by id', async () => {
    await put(V2, 'two', ['AWSPENDING']);
    await move({ VersionStage: 'AWSPENDING', RemoveFromVersionId: V2 });
    expect(await labels()).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(await listed(false)).toEqual([V1]);
    expect(await listed(true)).toEqual([V1, V2]);
    expect(await read({ VersionId: V2 })).toBe('two');
  });
});

describe('GetSecretValue', () => {
  test('fails when version and label disagree', async () => {
    await put(V2, 'two', ['AWSPENDING']);
    await expect(read({ VersionId: V1, VersionStage: 'AWSPENDING' })).rejects.toEqual(
      error(
        'InvalidRequestException',
        'You provided a VersionStage that is not associated to the provided VersionId.',
      ),
    );
  });

  test('hands bytes and dates through the protocol', async () => {
    const SecretBinary = Uint8Array.of(0, 159, 255);
    await client.send(new PutSecretValueCommand({ SecretId: 'app', SecretBinary }));
    const answer = await client.send(new GetSecretValueCommand({ SecretId: 'app' }));
    expect([...(answer.SecretBinary ?? [])]).toEqual([0, 159, 255]);
    expect(answer.CreatedDate?.getTime()).toBeGreaterThan(Date.parse('2026-01-01T00:00:00Z'));
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('fails with an error of the SDK: its class, its status, its request id', async () => {
    const failure: unknown = await read({ SecretId: 'other' }).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(SecretsManagerServiceException);
    expect(failure).toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) as string },
    });
  });
});

describe('RotateSecret', () => {
  test('fails when the function cannot be invoked', async () => {
    await expect(rotate({ RotationLambdaARN: FORBIDDEN })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('fails when rotation was never configured', async () => {
    await expect(rotate({})).rejects.toEqual(
      error(
        'InvalidRequestException',
        'No Lambda rotation function ARN is associated with this secret.',
      ),
    );
  });
});

describe('A raw request', () => {
  const TEXT = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';

  test.each([
    ['CreateSecret', 'InvalidRequestException', { Name: 'new', SecretString: 'one' }],
    ['PutSecretValue', 'InvalidRequestException', { SecretId: 'app', SecretString: 'two' }],
    ['RotateSecret', 'InvalidParameterException', { SecretId: 'app', RotationLambdaARN: LAMBDA }],
  ])('fails when the token of a %s is missing: %s', async (operation, name, body) => {
    const response = await raw(operation, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe(name);
    expect(await response.json()).toEqual({ __type: name, Message: TEXT });
  });

  test.each([
    ['', 'MissingAuthenticationTokenException'],
    ['Bearer local', 'IncompleteSignatureException'],
    [
      `AWS4-HMAC-SHA256 Credential=local/20261120/eu-west-1/ssm/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      'InvalidSignatureException',
    ],
  ])('fails when its authorization is "%s"', async (authorization, name) => {
    const response = await raw('GetSecretValue', { SecretId: 'app' }, { authorization });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: name });
  });

  test('fails when the operation is unknown', async () => {
    const response = await raw('StealSecret', { SecretId: 'app' });
    expect(await response.json()).toEqual({ __type: 'UnknownOperationException' });
  });
});
