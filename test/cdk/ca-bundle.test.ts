import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCaBundles, type CaBundle } from '../../lib/ca-bundle.ts';
import { oracle, postgres, PROJECT_ROOT, WALLET_SECRET_ARN } from './orders.ts';

const CERTIFICATE = readFileSync(
  path.join(PROJECT_ROOT, 'lib/rds-ca/certificates/eu-central-1.pem'),
  'utf8',
);

describe('the CA file of a database', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lockstep-ca-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function readText(text: string): readonly CaBundle[] {
    writeFileSync(path.join(folder, 'ca.pem'), text);
    return readCaBundles([{ ...postgres, trust: { caFile: 'ca.pem' } }], folder);
  }

  test('is read from beside rotations.json and named after the database', () => {
    expect(readText(CERTIFICATE)).toEqual([{ assetPath: 'ca/orders-rds.pem', pem: CERTIFICATE }]);
  });

  test('may hold several certificates, remarks and line ends of another system', () => {
    const text = `# old\n${CERTIFICATE}\n# new\n${CERTIFICATE}`.replaceAll('\n', '\r\n');

    expect(readText(text)).toEqual([{ assetPath: 'ca/orders-rds.pem', pem: text }]);
  });

  test('is not needed with the public CAs or a wallet', () => {
    const wallet = { ...oracle, trust: { walletSecretArn: WALLET_SECRET_ARN } };

    expect(readCaBundles([oracle, wallet], folder)).toEqual([]);
  });

  test('fails when it does not exist', () => {
    const database = { ...postgres, trust: { caFile: 'missing.pem' } };

    expect(() => readCaBundles([database], folder)).toThrow(
      'the CA file of database "orders-rds": cannot read missing.pem',
    );
  });

  test('fails when it holds a private key, complete or cut off', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    expect(() => readText(CERTIFICATE + key)).toThrow(/: ca\.pem holds a private key$/);
    expect(() => readText(CERTIFICATE + key.slice(0, 60))).toThrow(/ca\.pem holds a private key$/);
  });

  test.each([
    ['it holds no PEM at all', 'CN=Example', 'holds no PEM certificate'],
    ['it is empty', '', 'holds no PEM certificate'],
    [
      'a certificate is damaged',
      CERTIFICATE.replace('MIIC', 'AAAA'),
      'holds a PEM certificate that cannot be parsed',
    ],
    [
      'a certificate is cut off',
      CERTIFICATE + CERTIFICATE.slice(0, 200),
      'holds a PEM certificate that cannot be parsed',
    ],
    [
      'it holds something else in PEM form',
      CERTIFICATE.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'),
      'holds a PEM block that is no certificate (CERTIFICATE REQUEST)',
    ],
  ])('fails when %s', (_case, text, reason) => {
    expect(() => readText(text)).toThrow(`the CA file of database "orders-rds": ca.pem ${reason}`);
  });
});
