import { OracleConfig } from '../../config/database-config.ts';
import { FunctionConfig } from '../../config/function-config.ts';
import { parseConfig } from '../../config/parse.ts';
import { RotationsFile } from '../../config/rotations-file.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/wallet-g7H8i9';
const SHA256 = '6f1ed002ab5595859014ebf0951522d9f1b9b1a2a9f1b1b1f9f5c9d3c1a0b0e4';

const inSecret = { walletSecretArn: SECRET_ARN };
const inS3 = {
  walletS3Bucket: 'wallets',
  walletS3Key: 'orders/Wallet_ORDERS.zip',
  walletPasswordSecretArn: SECRET_ARN,
};
const inObjectStorage = {
  walletMirror: 'oci',
  walletOciNamespace: 'axexample',
  walletOciBucket: 'wallets',
  walletOciObject: 'orders/Wallet_ORDERS.zip',
  walletPasswordSecretArn: SECRET_ARN,
};
const atUrl = { walletUrlSecretArn: SECRET_ARN };

function oracle(trust: unknown): object {
  return {
    name: 'orders-adb',
    engine: 'oracle',
    host: 'adb.example.com',
    port: 2484,
    serviceName: 'orders_tls.example.com',
    trust,
  };
}

function parse(trust: unknown): unknown {
  const text = JSON.stringify(oracle(trust));
  return parseConfig(OracleConfig, { subject: 'database', text }).trust;
}

const mirror = {
  name: 'oci',
  type: 'oci-vault',
  secretOcid: 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example',
  region: 'eu-frankfurt-1',
  auth: { type: 'api-key', secretArn: SECRET_ARN },
};
const rotation = {
  name: 'orders',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3',
  mirrors: [mirror],
};
const keyParameter = '/lockstep/orders/audit-key';

describe('the wallet of an Oracle database', () => {
  test.each<[string, object]>([
    ['in a secret', inSecret],
    ['in S3', inS3],
    ['in S3, one version of it', { ...inS3, walletS3VersionId: 'L4kqtJlcpXroDTDmpUMLUo' }],
    ['in OCI Object Storage', inObjectStorage],
    ['behind a pre-authenticated URL', atUrl],
  ])('may be %s, with its digest or without', (_place, trust) => {
    expect(parse(trust)).toEqual(trust);
    const pinned = { ...trust, walletSha256: SHA256 };
    expect(parse(pinned)).toEqual(pinned);
  });

  test.each<[string, object, string]>([
    ['the URL itself is in the configuration', { walletUrl: 'https://x.example/p/t/n' }, 'trust:'],
    ['it is in two places', { ...inSecret, ...atUrl }, 'trust:'],
    ['in S3 it has no password', { ...inS3, walletPasswordSecretArn: undefined }, 'trust:'],
    ['the password stands beside it', { ...inS3, password: 'hunter2' }, 'trust:'],
    [
      'the digest is in capitals',
      { ...inSecret, walletSha256: SHA256.toUpperCase() },
      '64 lower-case hex digits',
    ],
    [
      'the key is a pattern for IAM',
      { ...inS3, walletS3Key: 'wallets/*' },
      'a key without *, ? and $',
    ],
    [
      'the key has a variable of IAM',
      { ...inS3, walletS3Key: '${aws:username}' },
      'a key without *, ? and $',
    ],
    [
      'the bucket is an ARN',
      { ...inS3, walletS3Bucket: 'arn:aws:s3:::wallets' },
      'the name of a bucket',
    ],
    [
      'the namespace leaves its place',
      { ...inObjectStorage, walletOciNamespace: '../n' },
      'an Object Storage namespace',
    ],
  ])('fails when %s', (_case, trust, message) => {
    expect(() => parse(trust)).toThrow(message);
  });

  test('fails when it is read with the access of a mirror that there is not', () => {
    const databases = [oracle({ ...inObjectStorage, walletMirror: 'oci-2' })];
    const message = 'databases.0.trust.walletMirror: the name of one of the mirrors';
    const file = { rotations: [{ ...rotation, databases, audit: { keyParameter } }] };
    expect(() =>
      parseConfig(RotationsFile, { subject: 'rotations.json', text: JSON.stringify(file) }),
    ).toThrow(message);
    const audit = { bucket: 'audit', prefix: 'lockstep/orders/', keyParameter };
    const config = { ...rotation, databases, audit };
    expect(() =>
      parseConfig(FunctionConfig, { subject: 'config', text: JSON.stringify(config) }),
    ).toThrow(message);
  });
});
