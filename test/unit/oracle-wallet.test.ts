import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { openWallet, requireValid } from '../../lambda/adapters/oracle-wallet.ts';
import { parseWalletPassword, parseWalletSecret } from '../../lambda/adapters/wallet-in-secret.ts';
import { ConfigurationError, LockstepError, WalletError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:wallet-a1B2c3';
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

async function open(
  secret: unknown,
  now = Date.now(),
): Promise<{ readonly wallet: string; readonly password: string | undefined }> {
  const text = typeof secret === 'string' ? secret : JSON.stringify(secret);
  const context = { subject: 'adb', redactor, clock: { now: () => now } };
  const stored = parseWalletSecret(text, { secretArn: SECRET_ARN, redactor });
  const opened = await openWallet(stored, { sha256: undefined, context });
  requireValid(opened, context);
  return { wallet: opened.wallet, password: opened.password };
}

/** @throws when nothing fails, or with an error of no family */
async function failureOf(work: () => unknown): Promise<LockstepError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

test('reads a wallet with an encrypted key', async () => {
  const wallet = encryptedKey() + client.certificatePem + ca.certificatePem;
  expect(await open({ wallet, password: WALLET_PASSWORD })).toEqual({
    wallet,
    password: 'wallet-password-1',
  });
});

test('reads a wallet with a key in clear, which needs no password', async () => {
  const wallet = client.privateKeyPem + client.certificatePem + ca.certificatePem;
  expect(await open({ wallet })).toEqual({ wallet, password: undefined });
});

test('reads a wallet with line ends of Windows and comments between the blocks', async () => {
  const key = encryptedKey();
  const wallet = `Bag Attributes\n${key}subject=CN=app\n${client.certificatePem}${ca.certificatePem}`;
  const windows = wallet.replaceAll('\n', '\r\n');
  expect((await open({ wallet: windows, password: WALLET_PASSWORD })).wallet).toBe(
    key + client.certificatePem + ca.certificatePem,
  );
});

test("puts the key and its certificate first, as the driver wants them, where the CA's stands before", async () => {
  const key = encryptedKey();
  const wallet = ca.certificatePem + client.certificatePem + key;
  expect((await open({ wallet, password: WALLET_PASSWORD })).wallet).toBe(
    key + client.certificatePem + ca.certificatePem,
  );
});

test('hides the password and the private key from then on', async () => {
  const wallet = client.privateKeyPem + client.certificatePem + ca.certificatePem;
  await open({ wallet, password: WALLET_PASSWORD });
  const [, firstLine = ''] = client.privateKeyPem.split('\n');
  expect(redactor.clean('the wallet opens with wallet-password-1')).toBe(
    'the wallet opens with [redacted]',
  );
  expect(redactor.clean(`key: ${firstLine}`)).toBe('key: [redacted]');
});

test('fails when the secret is not JSON, and does not quote it', async () => {
  const error = await failureOf(() => open('{"wallet": hunter22-is-my-password'));
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toBe(
    `${SECRET_ARN}: the secret is not JSON of the form that is wanted here. Next: store {"wallet": "<ewallet.pem, or base64 of the zip or of ewallet.p12>", "password": "<wallet password>"}.`,
  );
  expect(inspect(error, { depth: 10 })).not.toContain('hunter22');
});

test('fails when the secret has no wallet', async () => {
  expect(await failureOf(() => open({ password: WALLET_PASSWORD }))).toBeInstanceOf(
    ConfigurationError,
  );
});

test('fails when the line ends of the wallet are lost', async () => {
  const wallet = (encryptedKey() + client.certificatePem).replaceAll('\n', '\\n');
  expect((await failureOf(() => open({ wallet, password: WALLET_PASSWORD }))).message).toContain(
    'adb: the wallet holds no PEM block. Next: see that its line ends survive',
  );
});

test('fails when the wallet holds CA certificates only', async () => {
  const error = await failureOf(() => open({ wallet: ca.certificatePem }));
  expect(error).toBeInstanceOf(WalletError);
  expect(error.message).toContain('the wallet holds no private key');
  expect(error.message).toContain('name the CA as "trust.caFile"');
});

test('fails when the wallet holds no certificate', async () => {
  const error = await failureOf(() => open({ wallet: encryptedKey(), password: WALLET_PASSWORD }));
  expect(error.message).toContain('the wallet holds no certificate');
});

test('fails when the wallet holds no CA certificate', async () => {
  const wallet = encryptedKey() + client.certificatePem;
  expect((await failureOf(() => open({ wallet, password: WALLET_PASSWORD }))).message).toContain(
    'the wallet holds no CA certificate',
  );
});

test.each([{}, { password: '' }])(
  'fails when the key is encrypted and the secret says %j',
  async (rest) => {
    const wallet = encryptedKey() + client.certificatePem + ca.certificatePem;
    expect((await failureOf(() => open({ wallet, ...rest }))).message).toContain(
      'the private key is encrypted and has no password beside it',
    );
  },
);

test('fails when the password does not open the key, and names neither', async () => {
  const wallet = encryptedKey() + client.certificatePem + ca.certificatePem;
  const error = await failureOf(() => open({ wallet, password: 'another-password' }));
  expect(error.message).toContain('the private key does not open with the password');
  const shown = inspect(error, { depth: 10 });
  expect(shown).not.toContain('another-password');
  expect(shown).not.toContain('PRIVATE KEY');
});

test('fails when the key in clear is damaged', async () => {
  const wallet = `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${client.certificatePem}${ca.certificatePem}`;
  expect((await failureOf(() => open({ wallet }))).message).toContain(
    'the private key cannot be read',
  );
});

test('fails when no certificate is that of the key', async () => {
  const other = await ca.issue({ commonName: 'other' });
  const wallet = encryptedKey() + ca.certificatePem + other.certificatePem;
  expect((await failureOf(() => open({ wallet, password: WALLET_PASSWORD }))).message).toContain(
    'no certificate of the wallet belongs to its private key',
  );
});

test('fails when a certificate is damaged', async () => {
  const wallet = `${client.privateKeyPem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${ca.certificatePem}`;
  expect((await failureOf(() => open({ wallet }))).message).toContain(
    'a certificate of the wallet cannot be read',
  );
});

test('fails when the certificate has expired', async () => {
  const notAfter = new Date('2025-03-01T00:00:00Z');
  const old = await ca.issue({ commonName: 'app', notAfter });
  const wallet = old.privateKeyPem + old.certificatePem + ca.certificatePem;
  const error = await failureOf(() => open({ wallet }, Date.parse('2025-03-01T00:00:01Z')));
  expect(error.message).toContain('the certificate expired on Mar  1 00:00:00 2025 GMT');
});

test('fails when the certificate is not valid yet', async () => {
  const wallet = client.privateKeyPem + client.certificatePem + ca.certificatePem;
  const error = await failureOf(() => open({ wallet }, Date.parse('2020-01-01T00:00:00Z')));
  expect(error.message).toContain('the certificate is not valid before ');
});

test('reads an RSA key of the older form, encrypted', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({
    type: 'pkcs1',
    format: 'pem',
    cipher: 'aes-128-cbc',
    passphrase: WALLET_PASSWORD,
  });
  const wallet = String(pem) + client.certificatePem + ca.certificatePem;
  // It opens; that it is not the certificate's key is found only then.
  expect((await failureOf(() => open({ wallet, password: WALLET_PASSWORD }))).message).toContain(
    'no certificate of the wallet belongs to its private key',
  );
});

test('takes the wallet that is pinned', async () => {
  const bytes = Buffer.from('not a wallet at all');
  const context = { subject: 'adb', redactor, clock: { now: () => 0 } };
  // sha256sum of the text.
  const sha256 = 'ca645756ba0b6f37c86f4c70b6e8587515e3ecc61b4659341c4c459fcbd2116a';
  const error = await failureOf(() =>
    openWallet({ bytes, password: undefined }, { sha256, context }),
  );
  expect(error.message).toContain('the wallet is neither PEM, nor a zip, nor PKCS#12');
});

test('fails when the digest is another than the pinned one, before anything is parsed', async () => {
  const bytes = Buffer.from('not a wallet at all');
  const context = { subject: 'adb', redactor, clock: { now: () => 0 } };
  const sha256 = '0'.repeat(64);
  const error = await failureOf(() =>
    openWallet({ bytes, password: undefined }, { sha256, context }),
  );
  expect(error).toBeInstanceOf(WalletError);
  expect(error.message).toContain(
    'the wallet has another digest than "walletSha256" says: ca645756ba0b6f37c86f4c70b6e8587515e3ecc61b4659341c4c459fcbd2116a',
  );
});

test('reads the password of a wallet that is kept elsewhere, and hides it from then on', () => {
  const text = JSON.stringify({ password: WALLET_PASSWORD, note: 'other keys are ignored' });
  expect(parseWalletPassword(text, { secretArn: SECRET_ARN, redactor })).toBe('wallet-password-1');
  expect(redactor.clean('wallet-password-1')).toBe('[redacted]');
});

test.each(['{}', '{"password":""}', 'hunter22'])(
  'fails when the secret with the password holds %j, and does not quote it',
  async (text) => {
    const error = await failureOf(() =>
      parseWalletPassword(text, { secretArn: SECRET_ARN, redactor }),
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('Next: store {"password": "<wallet password>"}');
    expect(inspect(error, { depth: 10 })).not.toContain('hunter22');
  },
);
