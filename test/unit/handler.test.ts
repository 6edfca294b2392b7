import { createHandler } from '../../lambda/handler.ts';

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf';
const config = {
  name: 'orders',
  secretArn: SECRET_ARN,
  strategy: 'single-user',
  databases: [
    {
      name: 'orders-rds',
      engine: 'postgres',
      host: 'orders.example.com',
      port: 5432,
      database: 'orders',
      trust: 'system',
    },
  ],
  mirrors: [
    {
      name: 'oci',
      type: 'oci-vault',
      secretOcid: 'ocid1.vaultsecret.oc1.example',
      region: 'eu-frankfurt-1',
      auth: { type: 'api-key', secretArn: SECRET_ARN },
    },
  ],
  audit: { bucket: 'audit', prefix: 'lockstep/orders/', keyParameter: '/lockstep/key' },
};
const environment = { LOCKSTEP_CONFIG: JSON.stringify(config), AWS_REGION: 'eu-central-1' };
const invocation = {
  awsRequestId: 'request-1',
  functionVersion: '1',
  getRemainingTimeInMillis: () => 60_000,
};
const event = {
  Step: 'createSecret',
  SecretId: SECRET_ARN,
  ClientRequestToken: '01234567-89ab-cdef-0123-456789abcdef',
};

describe('the handler', () => {
  test.each([
    ['is missing', {}, 'LOCKSTEP_CONFIG is not valid JSON'],
    ['is not JSON', { LOCKSTEP_CONFIG: '{example' }, 'LOCKSTEP_CONFIG is not valid JSON'],
    [
      'does not fit its schema',
      { LOCKSTEP_CONFIG: JSON.stringify({ ...config, databases: [] }) },
      'LOCKSTEP_CONFIG does not fit its schema: databases',
    ],
  ])('fails when the configuration %s', async (_what, wrong, message) => {
    await expect(createHandler(wrong)(event, invocation)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(message) as string,
    });
  });

  test.each([
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    'AWS_ENDPOINT_URL_S3',
    'AWS_ENDPOINT_URL_SSM',
  ])('fails when %s would send secrets in the clear', async (variable) => {
    const handler = createHandler({ ...environment, [variable]: 'http://example.com' });
    await expect(handler(event, invocation)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('https') as string,
    });
  });

  test('fails when the event is not one of a rotation, again after a good start', async () => {
    const handler = createHandler(environment);
    for (const wrong of [undefined, {}, { ...event, Step: 'example-step' }]) {
      await expect(handler(wrong, invocation)).rejects.toMatchObject({ name: 'EventError' });
    }
  });

  test('fails when the event is for another secret, before any call', async () => {
    const other = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:billing-AbCdEf';
    const unreachable = {
      ...environment,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
    };
    await expect(
      createHandler(unreachable)({ ...event, SecretId: other }, invocation),
    ).rejects.toMatchObject({ name: 'WrongSecretError' });
  });
});
