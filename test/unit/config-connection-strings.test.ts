import { connectionStringsSecrets } from '../../config/connection-strings-config.ts';
import { FunctionConfig } from '../../config/function-config.ts';
import { parseConfig } from '../../config/parse.ts';
import { RotationsFile } from '../../config/rotations-file.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/app-a1B2c3';
const STRINGS_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/url-m4N5o6';
const OCID = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.example';
const STRINGS_OCID = 'ocid1.vaultsecret.oc1.eu-frankfurt-1.examplestrings';

const database = {
  name: 'orders-adb',
  engine: 'oracle',
  host: 'adb.example.com',
  port: 2484,
  serviceName: 'orders_tls.example.com',
  trust: 'system',
};
const mirror = {
  name: 'oci',
  type: 'oci-vault',
  secretOcid: OCID,
  region: 'eu-frankfurt-1',
  auth: {
    type: 'api-key',
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:lockstep/oci-d4E5f6',
  },
};
const orders = { name: 'orders', secretArn: SECRET_ARN, databases: [database], mirrors: [mirror] };
const both = {
  secretArn: STRINGS_ARN,
  mirrors: [{ mirror: 'oci', secretOcid: STRINGS_OCID }],
};

function parse(connectionStrings: object, fields: object = {}): FunctionConfig {
  const audit = {
    bucket: 'audit-bucket',
    prefix: 'lockstep/orders/',
    keyParameter: '/lockstep/orders/audit-key',
  };
  const text = JSON.stringify({ ...orders, audit, connectionStrings, ...fields });
  return parseConfig(FunctionConfig, { subject: 'LOCKSTEP_CONFIG', text });
}

function parseFile(...rotations: readonly object[]): RotationsFile {
  const text = JSON.stringify({ rotations });
  return parseConfig(RotationsFile, { subject: 'rotations.json', text });
}

const entry = { ...orders, audit: { keyParameter: '/lockstep/orders/audit-key' } };

describe('the second secrets of a rotation', () => {
  test('have names of their own, and that in OCI the access of its mirror', () => {
    expect(connectionStringsSecrets(parse(both))).toEqual([
      { name: 'secrets-manager-strings', secretArn: STRINGS_ARN },
      {
        name: 'oci-strings',
        mirror: { ...mirror, name: 'oci-strings', secretOcid: STRINGS_OCID },
      },
    ]);
  });

  test('may be in one cloud only, and none need be', () => {
    const { secretArn, mirrors } = both;

    expect(connectionStringsSecrets(parse({ secretArn }))).toHaveLength(1);
    expect(connectionStringsSecrets(parse({ mirrors }))).toHaveLength(1);
    expect(connectionStringsSecrets(parse(both, { connectionStrings: undefined }))).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['there is none', {}, 'connectionStrings: at least one secret'],
    [
      'it is the rotated one',
      { secretArn: SECRET_ARN },
      'connectionStrings.secretArn: another secret than the rotated one',
    ],
    [
      'the mirror is not known',
      { mirrors: [{ mirror: 'azure', secretOcid: STRINGS_OCID }] },
      'connectionStrings.mirrors.0.mirror: the name of a mirror of this rotation',
    ],
    [
      'it is the secret of the mirror',
      { mirrors: [{ mirror: 'oci', secretOcid: OCID }] },
      'connectionStrings.mirrors.0.secretOcid: a secret that nothing else of this rotation is in',
    ],
    [
      'a mirror has two',
      {
        mirrors: [
          { mirror: 'oci', secretOcid: STRINGS_OCID },
          { mirror: 'oci', secretOcid: `${STRINGS_OCID}2` },
        ],
      },
      'connectionStrings: one for each mirror',
    ],
    [
      'the ARN is not complete',
      { secretArn: STRINGS_ARN.slice(0, -7) },
      'connectionStrings.secretArn: the complete ARN of a secret',
    ],
    [
      'the key stands where only a deployment needs it',
      { ...both, secretKmsKeyArn: 'x' },
      'Unrecognized key',
    ],
  ])('fail when %s', (_case, connectionStrings, message) => {
    expect(() => parse(connectionStrings)).toThrow(message);
  });

  test.each(['oci-strings', 'secrets-manager-strings'])(
    'fail when a database has their name: %s',
    (name) => {
      const databases = [{ ...database, name }];

      expect(() => parse(both, { databases })).toThrow('a name that ends in -strings');
    },
  );

  test('are taken from rotations.json with the key of the one in AWS', () => {
    const connectionStrings = {
      ...both,
      secretKmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/0123-abcd',
    };

    const { rotations } = parseFile({ ...entry, connectionStrings });

    expect(rotations[0]?.connectionStrings).toEqual(connectionStrings);
  });

  test('fail when another rotation writes the same secret', () => {
    const billing = { ...entry, name: 'billing', secretArn: STRINGS_ARN };

    expect(() => parseFile({ ...entry, connectionStrings: both }, billing)).toThrow(
      'a secret can have one rotation only',
    );
  });
});
