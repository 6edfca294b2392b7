import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { DefaultRequestSigner } from 'oci-common';
import { parseOciApiKeySecret } from '../../lambda/adapters/oci-api-key-secret.ts';
import { ConfigurationError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:oci-key-AAAAAA';
const IDENTITY = {
  tenancy: 'ocid1.tenancy.oc1..test',
  user: 'ocid1.user.oc1..test',
  fingerprint: '00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff',
};

let key: KeyObject;
let redactor: Redactor;

beforeAll(() => {
  key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
});

beforeEach(() => {
  redactor = new Redactor();
});

function parse(fields: object): ReturnType<typeof parseOciApiKeySecret> {
  const text = JSON.stringify({ ...IDENTITY, ...fields });
  return parseOciApiKeySecret(text, { secretArn: SECRET_ARN, redactor });
}

function pem(type: 'pkcs1' | 'pkcs8' = 'pkcs8'): string {
  return key.export({ type, format: 'pem' }).toString();
}

function encryptedPem(passphrase: string): string {
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
  return key.export(options).toString();
}

function failureOf(fields: object): ConfigurationError {
  try {
    parse(fields);
  } catch (error) {
    return error as ConfigurationError;
  }
  throw new Error('expected a failure');
}

test('signs as the user of the tenancy, and has no other key', async () => {
  const access = parse({ privateKey: pem() });
  const signingKey = await access.signingKey();

  expect(signingKey.keyId).toBe(
    'ocid1.tenancy.oc1..test/ocid1.user.oc1..test/00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff',
  );
  await expect(access.replace(signingKey)).resolves.toBeUndefined();
});

test.each([
  ['PKCS#8', (): object => ({ privateKey: pem('pkcs8') })],
  ['PKCS#1', (): object => ({ privateKey: pem('pkcs1') })],
  ['with \\n for line ends', (): object => ({ privateKey: pem().replaceAll('\n', '\\n') })],
  ['with CRLF for line ends', (): object => ({ privateKey: pem().replaceAll('\n', '\r\n') })],
  [
    'with the label that OCI’s console appends',
    (): object => ({ privateKey: `${pem()}OCI_API_KEY` }),
  ],
  [
    'encrypted',
    (): object => ({ privateKey: encryptedPem('some-passphrase'), passphrase: 'some-passphrase' }),
  ],
])('takes a key in the form %s, and the SDK signs with it', async (_form, fields) => {
  const headers = new Headers();
  const { keyId, privateKeyPem } = await parse(fields()).signingKey();
  const signer = new DefaultRequestSigner({
    getKeyId: () => Promise.resolve(keyId),
    getPrivateKey: () => privateKeyPem,
    getPassphrase: () => null,
  });

  await signer.signHttpRequest({ method: 'GET', uri: 'https://oci.example.com/a', headers });

  expect(headers.get('authorization')).toMatch(
    /^Signature version="1",keyId="ocid1\.tenancy.+algorithm="rsa-sha256".+signature="[A-Za-z0-9+/=]{344}"$/,
  );
});

test('adds the key, each of its lines and the passphrase to the redactor', () => {
  const privateKey = encryptedPem('some-passphrase');
  parse({ privateKey, passphrase: 'some-passphrase' });

  for (const form of [privateKey, pem()]) {
    const lines = form.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) expect(redactor.clean(`at ${line}!`)).toBe('at [redacted]!');
    expect(redactor.clean(form.trim())).not.toMatch(/[A-Za-z0-9+/]{21}/);
  }
  expect(redactor.clean('some-passphrase')).toBe('[redacted]');
});

test.each([
  ['tenancy', { tenancy: 'test' }],
  ['user', { user: undefined }],
  ['fingerprint', { fingerprint: '00:11' }],
  ['privateKey', { privateKey: 7 }],
  ['passphrase', { passphrase: '' }],
])('fails when a field is missing or has another form: %s', (field, fields) => {
  const failure = failureOf({ privateKey: pem(), ...fields });

  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(failure.message).toContain(`missing or not in its form: ${field}. Next:`);
});

test('fails when the text is not JSON, and names no part of it', () => {
  const parseText = (): unknown =>
    parseOciApiKeySecret(`{"passphrase":"some-passphrase"`, { secretArn: SECRET_ARN, redactor });

  expect(parseText).toThrow(ConfigurationError);
  expect(parseText).not.toThrow('some-passphrase');
});

test.each([
  ['it is cut short', (): object => ({ privateKey: pem().slice(0, 400) })],
  ['it is not an RSA key', (): object => ({ privateKey: ellipticPem() })],
  ['it is a public key', (): object => ({ privateKey: pem().replaceAll('PRIVATE', 'PUBLIC') })],
  ['the passphrase is missing', (): object => ({ privateKey: encryptedPem('some-passphrase') })],
  [
    'the passphrase is another',
    (): object => ({ privateKey: encryptedPem('some-passphrase'), passphrase: 'other-phrase' }),
  ],
])('fails when the key opens nothing: %s', (_what, fields) => {
  const failure = failureOf(fields());

  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(failure.message).toContain('privateKey is no RSA private key that passphrase opens');
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(
    /[A-Za-z0-9+/]{40}|some-passphrase|other-phrase/,
  );
});

function ellipticPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
