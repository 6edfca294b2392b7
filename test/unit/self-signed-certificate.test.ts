import { createPrivateKey, X509Certificate } from 'node:crypto';
import { makeSelfSigned } from '../../lambda/adapters/self-signed-certificate.ts';

const validity = {
  fromMs: Date.parse('2026-11-27T11:00:00Z'),
  toMs: Date.parse('2026-11-28T12:00:00Z'),
};

test('a certificate is made that signs itself, belongs to its key, and may sign no other', () => {
  const { keyPem, certificatePem } = makeSelfSigned('nobody in particular', validity);
  const certificate = new X509Certificate(certificatePem);
  expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate).toMatchObject({
    subject: 'CN=nobody in particular',
    issuer: 'CN=nobody in particular',
    validFrom: 'Nov 27 11:00:00 2026 GMT',
    validTo: 'Nov 28 12:00:00 2026 GMT',
  });
});

test('each key and each serial number is another', () => {
  const made = [makeSelfSigned('nobody', validity), makeSelfSigned('nobody', validity)];
  const serials = made.map(
    ({ certificatePem }) => new X509Certificate(certificatePem).serialNumber,
  );
  expect(new Set(made.map(({ keyPem }) => keyPem)).size).toBe(2);
  expect(new Set(serials).size).toBe(2);
});
