import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readTrust } from '../../lambda/adapters/trust.ts';
import { ConfigurationError } from '../../lambda/domain/errors.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';

let taskRoot: string;

beforeEach(async () => {
  taskRoot = await mkdtemp(join(tmpdir(), 'lockstep-trust-'));
});

afterEach(async () => {
  await rm(taskRoot, { recursive: true });
});

async function read(text: string): Promise<string | undefined> {
  await writeFile(join(taskRoot, 'ca.pem'), text);
  return await readTrust({ caFile: 'ca.pem' }, { taskRoot });
}

test('reads nothing where the public certificates are trusted', async () => {
  await expect(readTrust('system', { taskRoot })).resolves.toBeUndefined();
});

test('reads a bundle as it is, comments and line ends of Windows included', async () => {
  const one = await CertificateAuthority.create('One');
  const other = await CertificateAuthority.create('Other');
  const bundle = `# two\n${one.certificatePem}${other.certificatePem.replaceAll('\n', '\r\n')}`;
  await expect(read(bundle)).resolves.toBe(bundle);
});

test('fails when the file is missing', async () => {
  const reading = readTrust({ caFile: 'nothing.pem' }, { taskRoot });
  await expect(reading).rejects.toBeInstanceOf(ConfigurationError);
  await expect(reading).rejects.toThrow('the CA file nothing.pem cannot be read');
});

test('fails when the file is not PEM', async () => {
  await expect(read('0\u0082\u0001')).rejects.toThrow('the CA file ca.pem holds no PEM block');
});

test('fails when a block is no certificate', async () => {
  const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  await expect(read(damaged)).rejects.toThrow('a block that is no certificate (CERTIFICATE)');
});

test('fails when a private key was put into the file, and does not show it', async () => {
  const ca = await CertificateAuthority.create('One');
  const { privateKeyPem } = await ca.issue({ commonName: 'app' });
  const failure: unknown = await read(ca.certificatePem + privateKeyPem).catch(
    (error: unknown) => error,
  );
  const shown = inspect(failure, { depth: 10 });
  expect(shown).toContain('a block that is no certificate (PRIVATE KEY)');
  const [, firstLine = privateKeyPem] = privateKeyPem.split('\n');
  expect(shown).not.toContain(firstLine);
});
