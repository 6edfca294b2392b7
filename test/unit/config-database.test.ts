import { DatabaseConfig } from '../../config/database-config.ts';
import { parseConfig } from '../../config/parse.ts';

const WALLET_SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/wallet-g7H8i9';

const postgres = {
  name: 'orders-rds',
  engine: 'postgres',
  host: 'orders.example.com',
  port: 5432,
  database: 'orders',
  trust: { caFile: 'certs/rds.pem' },
};

const oracle = {
  name: 'orders-adb',
  engine: 'oracle',
  host: 'adb.example.com',
  port: 2484,
  serviceName: 'orders_tls.example.com',
  trust: 'system',
};

function parse(document: unknown): DatabaseConfig {
  return parseConfig(DatabaseConfig, { subject: 'database', text: JSON.stringify(document) });
}

describe('the configuration of a database', () => {
  test.each([
    ['PostgreSQL with a CA file', postgres],
    ['PostgreSQL with public CAs', { ...postgres, trust: 'system' }],
    ['PostgreSQL under another name', { ...postgres, serverName: 'orders.internal' }],
    ['Oracle with public CAs', oracle],
    ['Oracle with a CA file', { ...oracle, trust: { caFile: 'certs/adb.pem' } }],
    ['Oracle with a wallet', { ...oracle, trust: { walletSecretArn: WALLET_SECRET_ARN } }],
    ['a test query', { ...oracle, testQuery: 'SELECT 1 FROM dual' }],
  ])('may be %s', (_case, document) => {
    expect(parse(document)).toEqual(document);
  });

  test.each<[string, object, string]>([
    ['the engine is not known', { ...postgres, engine: 'sybase' }, 'engine: Invalid'],
    ['the engine is left out', { ...postgres, engine: undefined }, 'engine: Invalid'],
    ['its name leaves a folder', { ...postgres, name: '../rds' }, 'name: letters, digits, hyphens'],
    ['its name is left out', { ...postgres, name: undefined }, 'name: Invalid'],
    ['the host is empty', { ...postgres, host: '' }, 'host: Too small'],
    ['the port is 0', { ...postgres, port: 0 }, 'port: Too small'],
    ['the port is 65536', { ...postgres, port: 65_536 }, 'port: Too big'],
    ['the port is a text', { ...postgres, port: '5432' }, 'port: Invalid'],
    ['the port is no whole number', { ...postgres, port: 54.32 }, 'port: Invalid'],
    ['the test query is empty', { ...postgres, testQuery: '' }, 'testQuery: Too small'],
    ['there is no trust', { ...postgres, trust: undefined }, 'trust: Invalid'],
    ['nothing is to be verified', { ...postgres, trust: 'none' }, 'trust: Invalid'],
    ['the CA file has no name', { ...postgres, trust: { caFile: '' } }, 'trust.caFile: Too small'],
    ['PostgreSQL has no database', { ...postgres, database: undefined }, 'database: Invalid'],
    ['PostgreSQL has a service', { ...postgres, serviceName: 'x' }, 'key: "serviceName"'],
    [
      'PostgreSQL has a wallet',
      { ...postgres, trust: { walletSecretArn: WALLET_SECRET_ARN } },
      'trust: Invalid',
    ],
    ['Oracle has no service', { ...oracle, serviceName: undefined }, 'serviceName: Invalid'],
    ['Oracle has a database', { ...oracle, database: 'orders' }, 'key: "database"'],
    [
      'the wallet is named by a partial ARN',
      { ...oracle, trust: { walletSecretArn: 'arn:aws:secretsmanager:wallet' } },
      'trust.walletSecretArn: the complete ARN of a secret, with its six random characters',
    ],
    ['it holds a password', { ...oracle, password: 'hunter2' }, 'Unrecognized key: "password"'],
  ])('fails when %s', (_case, document, message) => {
    expect(() => parse(document)).toThrow(message);
  });
});
