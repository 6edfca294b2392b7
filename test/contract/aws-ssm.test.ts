import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';

const ARN = 'arn:aws:ssm:eu-west-1:111111111111:parameter/lockstep/audit-key';

let aws: AwsServer;
let client: SSMClient;

beforeAll(async () => {
  aws = await startAwsServer({ rotation: { invoke: () => Promise.resolve() } });
  client = new SSMClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: aws.urls.ssm,
    maxAttempts: 1,
  });
  const key = { Name: '/lockstep/audit-key', Type: 'SecureString' as const };
  await client.send(new PutParameterCommand({ ...key, Value: 'first key' }));
  await client.send(new PutParameterCommand({ ...key, Value: 'second key', Overwrite: true }));
});

afterAll(async () => {
  client.destroy();
  await aws.close();
});

async function get(Name: string, WithDecryption?: boolean): Promise<object | undefined> {
  return (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
}

async function put(request: {
  Name: string;
  Value: string;
  [field: string]: unknown;
}): Promise<unknown> {
  return await client.send(new PutParameterCommand(request));
}

describe('GetParameter', () => {
  test('decrypts the newest version of a SecureString', async () => {
    expect(await get('/lockstep/audit-key', true)).toEqual({
      Name: '/lockstep/audit-key',
      Type: 'SecureString',
      Value: 'second key',
      Version: 2,
      LastModifiedDate: expect.any(Date) as Date,
      ARN,
      DataType: 'text',
    });
  });

  test('reads an older version by its number, and the parameter by its ARN', async () => {
    expect(await get('/lockstep/audit-key:1', true)).toMatchObject({
      Name: '/lockstep/audit-key',
      Selector: ':1',
      Value: 'first key',
      Version: 1,
    });
    expect(await get(ARN, true)).toMatchObject({ Value: 'second key', Version: 2 });
    expect(await get(`${ARN}:1`, true)).toMatchObject({ Value: 'first key', Version: 1 });
  });

  test('answers ciphertext when decryption is not asked for', async () => {
    const { Value } = (await get('/lockstep/audit-key')) as { Value: string };
    expect(Value).toMatch(/^AQICAH[A-Za-z0-9+/=]{100,}$/);
    expect(Buffer.from(Value, 'base64').includes('second key')).toBe(false);
    await put({ Name: 'plain', Value: 'in clear', Type: 'String' });
    expect(await get('plain')).toMatchObject({ Value: 'in clear', Type: 'String' });
    expect(await get('plain')).toMatchObject({ ARN: `${ARN.slice(0, ARN.indexOf('/'))}/plain` });
  });

  test('fails without a text when there is no such parameter, as AWS does', async () => {
    await expect(get('/lockstep/other')).rejects.toMatchObject({
      name: 'ParameterNotFound',
      message: 'UnknownError',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('fails when there is no such version', async () => {
    await expect(get('/lockstep/audit-key:9', true)).rejects.toMatchObject({
      name: 'ParameterVersionNotFound',
      message:
        'Systems Manager could not find version 9 of /lockstep/audit-key. Verify the version and try again.',
    });
  });
});

describe('PutParameter', () => {
  test('fails when the parameter exists and Overwrite is not set', async () => {
    await expect(put({ Name: '/lockstep/audit-key', Value: 'third key' })).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
      message:
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    });
    expect(await get('/lockstep/audit-key', true)).toMatchObject({ Version: 2 });
  });

  test('keeps the last hundred versions', async () => {
    const parameter = { Name: 'often', Type: 'String', Overwrite: true };
    for (let version = 1; version <= 101; version += 1) {
      aws.parameters.putParameter({
        Name: 'often',
        Type: 'String',
        Value: `value ${version}`,
        Overwrite: true,
      });
    }
    expect(await get('often:2')).toMatchObject({ Value: 'value 2' });
    await expect(get('often:1')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    expect(await put({ ...parameter, Value: 'value 102' })).toMatchObject({ Version: 102 });
  });

  test.each([
    [{ Name: 'new', Value: 'a'.repeat(4097), Type: 'String' }],
    [{ Name: 'new', Value: '', Type: 'String' }],
    [{ Name: 'new', Value: 'without a type' }],
    [{ Name: 'not/qualified', Value: 'a', Type: 'String' }],
  ])('fails when the request is not valid: %j', async (request) => {
    await expect(put(request)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
