import { FunctionConfig } from '../../config/function-config.ts';
import { parseConfig } from '../../config/parse.ts';

const orders: FunctionConfig = {
  name: 'orders',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3',
  strategy: 'single-user',
  retire: 'next',
  databases: [
    {
      name: 'orders-rds',
      engine: 'postgres',
      host: 'orders.example.com',
      port: 5432,
      database: 'orders',
      trust: { caFile: 'ca/orders-rds.pem' },
    },
  ],
  mirrors: [
    {
      name: 'oci',
      type: 'oci-vault',
      secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
      region: 'eu-frankfurt-1',
      auth: {
        type: 'api-key',
        secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oci-d4E5f6',
      },
    },
  ],
  audit: {
    bucket: 'audit-bucket',
    prefix: 'lockstep/orders/',
    keyParameter: '/lockstep/orders/audit-key',
  },
};

function parse(document: unknown): FunctionConfig {
  return parseConfig(FunctionConfig, {
    subject: 'LOCKSTEP_CONFIG',
    text: JSON.stringify(document),
  });
}

describe('the configuration of the function', () => {
  test('is taken as it is', () => {
    expect(parse(orders)).toEqual(orders);
  });

  test('fails when a database and a mirror have the same name', () => {
    const [database] = orders.databases;

    expect(() => parse({ ...orders, databases: [{ ...database, name: 'oci' }] })).toThrow(
      'LOCKSTEP_CONFIG does not fit its schema: the document: databases and mirrors must have different names',
    );
  });

  test('fails when two databases have the same name', () => {
    const databases = [...orders.databases, ...orders.databases];

    expect(() => parse({ ...orders, databases })).toThrow(
      'databases and mirrors must have different names',
    );
  });

  test.each(['lockstep/orders', '/lockstep/', '', 'lockstep/../other/', 'lockstep//orders/'])(
    'fails when the prefix of the audit trail is %j',
    (prefix) => {
      expect(() => parse({ ...orders, audit: { ...orders.audit, prefix } })).toThrow(
        'audit.prefix: folders of letters, digits, _ and -, ending in /',
      );
    },
  );

  test('fails when it holds what only a deployment needs', () => {
    expect(() => parse({ ...orders, memoryMb: 512 })).toThrow('Unrecognized key: "memoryMb"');
  });

  test('fails when the environment holds something else, and does not quote it', () => {
    const text = 'hunter2';

    expect(() => parseConfig(FunctionConfig, { subject: 'LOCKSTEP_CONFIG', text })).toThrow(
      /^LOCKSTEP_CONFIG is not valid JSON$/,
    );
  });
});
