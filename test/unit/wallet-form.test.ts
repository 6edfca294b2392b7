import { createSecureContext } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { zipSync } from 'fflate';
import { openWallet, type OpenedWallet } from '../../lambda/adapters/oracle-wallet.ts';
import { WalletError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';
import { makePkcs12 } from '../../local/oracle/pkcs12.ts';
import { makePkcs12Wallet, makeWallet, makeWalletZip } from '../../local/oracle/wallet.ts';

const password = 'wallet-password-1';
const SCHEMES = ['old', 'new'] as const;

let ca: CertificateAuthority;
let ecClient: Identity;
let rsaClient: Identity;
let redactor: Redactor;

beforeAll(async () => {
  ca = await CertificateAuthority.create('Wallet CA');
  ecClient = await ca.issue({ commonName: 'app' });
  rsaClient = await ca.issue({ commonName: 'app', keys: 'rsa' });
});

beforeEach(() => {
  redactor = new Redactor();
});

async function open(bytes: Uint8Array | string, given?: string): Promise<OpenedWallet> {
  const context = { subject: 'adb', redactor, clock: { now: () => Date.now() } };
  const stored = { bytes: Buffer.from(bytes), password: given };
  return await openWallet(stored, { sha256: undefined, context });
}

async function refusalOf(
  bytes: Uint8Array | string,
  given: string | undefined = password,
): Promise<string> {
  const error: unknown = await open(bytes, given).catch((thrown: unknown) => thrown);
  if (error instanceof WalletError) return error.message;
  throw new Error(`expected a WalletError, got ${String(error)}`);
}

function pem(): string {
  return makeWallet({ identity: ecClient, caPem: ca.certificatePem, password });
}

function p12(scheme: 'old' | 'new' = 'new', identity = ecClient): Buffer {
  return makePkcs12Wallet({ identity, caPem: ca.certificatePem, password, scheme });
}

/** What TLS is to be given: the subjects of the certificates in their order, and that it takes them with the key. */
function certificatesOf({ wallet, password: passphrase }: OpenedWallet): readonly string[] {
  createSecureContext({ key: wallet, cert: wallet, ca: wallet, passphrase });
  const blocks = wallet.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block).subject);
}

describe('a wallet', () => {
  test.each<[string, () => Uint8Array | string]>([
    ['PEM', pem],
    ['base64 of PEM', () => Buffer.from(pem()).toString('base64')],
    ['a zip with ewallet.pem', () => makeWalletZip({ 'ewallet.pem': pem() })],
    ['a zip with a folder', () => makeWalletZip({ 'Wallet_ORDERS/ewallet.pem': pem() })],
    ['base64 of a zip', () => makeWalletZip({ 'ewallet.pem': pem() }).toString('base64')],
    [
      'a zip with ewallet.p12 only',
      () => makeWalletZip({ 'ewallet.p12': p12(), 'cwallet.sso': 'x' }),
    ],
    ['ewallet.p12', p12],
    [
      'base64 of ewallet.p12 in lines',
      () =>
        p12()
          .toString('base64')
          .replaceAll(/(.{64})/g, '$1\n'),
    ],
  ])('may be %s', async (_form, make) => {
    expect(certificatesOf(await open(make(), password))).toEqual(['CN=app', 'CN=Wallet CA']);
  });

  test.each(SCHEMES)(
    'may be PKCS#12 in the %s scheme, with an EC or an RSA key',
    async (scheme) => {
      for (const identity of [ecClient, rsaClient]) {
        const opened = await open(p12(scheme, identity), password);
        expect(certificatesOf(opened)).toEqual(['CN=app', 'CN=Wallet CA']);
        expect(opened.certificate.raw).toEqual(new X509Certificate(identity.certificatePem).raw);
      }
    },
  );

  test('is one that OpenSSL opens too, so that the tests do not only agree with themselves', () => {
    const context = (passphrase: string) => () => createSecureContext({ pfx: p12(), passphrase });
    expect(context(password)).not.toThrow();
    expect(context('another-password')).toThrow('mac verify failure');
  });

  test('hides the key that came out of PKCS#12 from then on', async () => {
    await open(p12(), password);
    const [, firstLine = ''] = ecClient.privateKeyPem.split('\n');
    expect(redactor.clean(`key: ${firstLine}`)).toBe('key: [redacted]');
  });

  test('is taken as PEM where a zip holds both, and the other files are left alone', async () => {
    const zip = makeWalletZip({ 'ewallet.p12': 'not PKCS#12', 'ewallet.pem': pem() });
    expect(certificatesOf(await open(zip, password))).toEqual(['CN=app', 'CN=Wallet CA']);
  });
});

describe('a wallet in PKCS#12', () => {
  test.each(SCHEMES)('fails when the password is wrong: %s scheme', async (scheme) => {
    expect(await refusalOf(p12(scheme), 'another-password')).toBe(
      'adb: the wallet (PKCS#12) does not open with the password. Next: check the password of the wallet in its secret.',
    );
  });

  test.each([undefined, ''])('fails when the password is %j', async (given) => {
    const error: unknown = await open(p12(), given).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('the wallet is PKCS#12 and has no password beside it');
  });

  test('fails when it holds no key', async () => {
    const bytes = makePkcs12({ certificatePems: [ca.certificatePem], password, scheme: 'new' });
    expect(await refusalOf(bytes)).toContain('the wallet holds no private key');
  });

  test('fails when it is damaged', async () => {
    const bytes = p12();
    expect(await refusalOf(bytes.subarray(0, bytes.length - 40))).toContain(
      'the wallet looks like PKCS#12 and cannot be read. Next: convert it: "openssl pkcs12',
    );
  });

  test.each(SCHEMES)('fails when a key would take long to derive: %s scheme', async (scheme) => {
    const bytes = makePkcs12({
      certificatePems: [ca.certificatePem],
      password,
      scheme,
      claimedMacIterations: 100_001,
    });
    expect(await refusalOf(bytes)).toContain(
      'the wallet (PKCS#12) wants more than 100000 iterations',
    );
  });
});

describe('a zip', () => {
  test('fails when it holds an auto-login wallet only', async () => {
    expect(await refusalOf(makeWalletZip({ 'cwallet.sso': 'x' }))).toBe(
      "adb: the zip holds an auto-login wallet only (cwallet.sso), which nothing but Oracle's own clients can read. " +
        'Next: store a zip with ewallet.pem or ewallet.p12 in it, or one of these itself.',
    );
  });

  test('fails when it holds no wallet', async () => {
    expect(await refusalOf(makeWalletZip({}))).toContain('the zip holds no wallet');
  });

  test('fails when it holds the wallet twice', async () => {
    const zip = makeWalletZip({ 'ewallet.pem': pem(), 'old/ewallet.pem': pem() });
    expect(await refusalOf(zip)).toContain('the zip holds ewallet.pem more than once');
  });

  test('fails when it holds too many files', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 63 }, (_none, index) => [`${index}`, '']),
    );
    expect(await refusalOf(makeWalletZip({ ...files, 'ewallet.pem': pem() }))).toContain(
      'the zip holds more than 64 files',
    );
  });

  test('fails when a file has an endless name', async () => {
    expect(
      await refusalOf(makeWalletZip({ ['x'.repeat(256)]: '', 'ewallet.pem': pem() })),
    ).toContain('the zip holds a file with an endless name');
  });

  test('fails when the wallet in it would inflate to more than a wallet is', async () => {
    const zip = makeWalletZip({ 'ewallet.pem': Buffer.alloc(300_000) });
    expect(zip.length).toBeLessThan(2_000);
    expect(await refusalOf(zip)).toContain(
      'ewallet.pem in the zip has more than 262144 bytes when inflated',
    );
  });

  test('inflates no more than the zip says, where that is a lie', async () => {
    const zip = Buffer.from(zipSync({ 'ewallet.pem': Buffer.alloc(300_000) }));
    // The size in the central directory: 24 bytes after its signature (APPNOTE 4.3.12).
    zip.writeUInt32LE(100, zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 24);
    expect(await refusalOf(zip)).toMatch(/the zip is damaged|neither PEM/);
  });

  test('fails when it is cut off', async () => {
    const zip = makeWalletZip({ 'ewallet.pem': pem() });
    expect(await refusalOf(zip.subarray(0, zip.length / 2))).toContain('the zip is damaged');
  });
});

describe('what is no wallet', () => {
  test.each([
    [
      'an auto-login wallet',
      Buffer.from([0xa1, 0xf8, 0x4e, 0x36, 0, 0, 0, 6]),
      'an auto-login wallet (cwallet.sso)',
    ],
    ['a page of HTML', '<!doctype html><title>Sign in</title>', 'neither PEM, nor a zip'],
    ['nothing', '', 'neither PEM, nor a zip'],
    ['base64 of something else', 'aGVsbG8gd29ybGQ=', 'neither PEM, nor a zip'],
  ])('fails when it is %s', async (_case, bytes, finding) => {
    expect(await refusalOf(bytes)).toContain(finding);
  });
});
