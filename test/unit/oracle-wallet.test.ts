import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { parseWallet } from '../../lambda/adapters/oracle-wallet.ts';
import { ConfigurationError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';

const WALLET_PASSWORD = 'wallet-password-1';

let ca: CertificateAuthority;
let client: Identity;
let redactor: Redactor;

beforeAll(async () => {
  ca = await CertificateAuthority.create('Wallet CA');
  client = await ca.issue({ commonName: 'app' });
});

beforeEach(() => {
  redactor = new Redactor();
});

/** The key as a wallet of ADB holds it. */
function encryptedKey(cipher = 'aes-256-cbc'): string {
  const key = createPrivateKey(client.privateKeyPem);
  const pem = key.export({ type: 'pkcs8', format: 'pem', cipher, passphrase: WALLET_PASSWORD });
  return pem as string;
}

function parse(
  secret: unknown,
  now = Date.now(),
): { readonly wallet: string; readonly password: string | undefined } {
  const text = typeof secret === 'string' ? secret : JSON.stringify(secret);
  return parseWallet(text, { subject: 'adb', redactor, clock: { now: () => now } });
}

/** @throws when nothing fails */
function failureOf(work: () => unknown): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

test('reads a wallet with an encrypted key', () => {
  const wallet = encryptedKey() + client.certificatePem + ca.certificatePem;
  expect(parse({ wallet, password: WALLET_PASSWORD })).toEqual({
    wallet,
    password: 'wallet-password-1',
  });
});

test('reads a wallet with a key in clear, which needs no password', () => {
  const wallet = client.privateKeyPem + client.certificatePem + ca.certificatePem;
  expect(parse({ wallet })).toEqual({ wallet, password: undefined });
});

test('reads a wallet with line ends of Windows and comments between the blocks', () => {
  const wallet = `Bag Attributes\n${encryptedKey()}subject=CN=app\n${client.certificatePem}${ca.certificatePem}`;
  const windows = wallet.replaceAll('\n', '\r\n');
  expect(parse({ wallet: windows, password: WALLET_PASSWORD }).wallet).toBe(windows);
});

test('hides the password and the private key from then on', () => {
  const wallet = client.privateKeyPem + client.certificatePem + ca.certificatePem;
  parse({ wallet, password: WALLET_PASSWORD });
  const [, firstLine = ''] = client.privateKeyPem.split('\n');
  expect(redactor.clean('the wallet opens with wallet-password-1')).toBe(
    'the wallet opens with [redacted]',
  );
  expect(redactor.clean(`key: ${firstLine}`)).toBe('key: [redacted]');
});

test('fails when the secret is not JSON, and does not quote it', () => {
  const error = failureOf(() => parse('{"wallet": hunter22-is-my-password'));
  expect(error.message).toContain('not JSON of the form {"wallet", "password"}');
  expect(inspect(error, { depth: 10 })).not.toContain('hunter22');
});

test('fails when the secret has no wallet', () => {
  expect(failureOf(() => parse({ password: WALLET_PASSWORD })).message).toContain(
    'not JSON of the form {"wallet", "password"}',
  );
});

test('fails when the line ends of the wallet are lost', () => {
  const wallet = (encryptedKey() + client.certificatePem).replaceAll('\n', '\\n');
  expect(failureOf(() => parse({ wallet, password: WALLET_PASSWORD })).message).toContain(
    'adb: the wallet holds no PEM block. Next: see that its line ends survive',
  );
});

test('fails when the wallet holds CA certificates only', () => {
  const error = failureOf(() => parse({ wallet: ca.certificatePem }));
  expect(error.message).toContain('the wallet holds no private key');
  expect(error.message).toContain('name the CA as "trust.caFile"');
});

test('fails when the wallet holds no certificate', () => {
  const error = failureOf(() => parse({ wallet: encryptedKey(), password: WALLET_PASSWORD }));
  expect(error.message).toContain('the wallet holds no certificate');
});

test('fails when the wallet holds no CA certificate', () => {
  const wallet = encryptedKey() + client.certificatePem;
  expect(failureOf(() => parse({ wallet, password: WALLET_PASSWORD })).message).toContain(
    'the wallet holds no CA certificate',
  );
});

test.each([{}, { password: '' }])(
  'fails when the key is encrypted and the secret says %j',
  (rest) => {
    const wallet = encryptedKey() + client.certificatePem + ca.certificatePem;
    expect(failureOf(() => parse({ wallet, ...rest })).message).toContain(
      'the private key is encrypted and the secret has no password',
    );
  },
);

test('fails when the password does not open the key, and names neither', () => {
  const wallet = encryptedKey() + client.certificatePem + ca.certificatePem;
  const error = failureOf(() => parse({ wallet, password: 'another-password' }));
  expect(error.message).toContain('the private key does not open with the password');
  const shown = inspect(error, { depth: 10 });
  expect(shown).not.toContain('another-password');
  expect(shown).not.toContain('PRIVATE KEY');
});

test('fails when the key in clear is damaged', () => {
  const wallet = `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${client.certificatePem}${ca.certificatePem}`;
  expect(failureOf(() => parse({ wallet })).message).toContain('the private key cannot be read');
});

test('fails when the first certificate is not that of the key', () => {
  const wallet = encryptedKey() + ca.certificatePem + client.certificatePem;
  expect(failureOf(() => parse({ wallet, password: WALLET_PASSWORD })).message).toContain(
    'the first certificate does not belong to the private key',
  );
});

test('fails when the first certificate is damaged', () => {
  const wallet = `${client.privateKeyPem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${ca.certificatePem}`;
  expect(failureOf(() => parse({ wallet })).message).toContain(
    'the first certificate cannot be read',
  );
});

test('fails when the certificate has expired', async () => {
  const notAfter = new Date('2025-03-01T00:00:00Z');
  const old = await ca.issue({ commonName: 'app', notAfter });
  const wallet = old.privateKeyPem + old.certificatePem + ca.certificatePem;
  const error = failureOf(() => parse({ wallet }, Date.parse('2025-03-01T00:00:01Z')));
  expect(error.message).toContain('the certificate expired on Mar  1 00:00:00 2025 GMT');
});

test('fails when the certificate is not valid yet', () => {
  const wallet = client.privateKeyPem + client.certificatePem + ca.certificatePem;
  const error = failureOf(() => parse({ wallet }, Date.parse('2020-01-01T00:00:00Z')));
  expect(error.message).toContain('the certificate is not valid before ');
});

test('reads an RSA key of the older form, encrypted', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({
    type: 'pkcs1',
    format: 'pem',
    cipher: 'aes-128-cbc',
    passphrase: WALLET_PASSWORD,
  });
  const wallet = String(pem) + client.certificatePem + ca.certificatePem;
  // It opens; that it is not the certificate's key is found only then.
  expect(failureOf(() => parse({ wallet, password: WALLET_PASSWORD })).message).toContain(
    'the first certificate does not belong to the private key',
  );
});
