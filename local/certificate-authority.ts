import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM; the key is PKCS#8 in clear. */
export interface Identity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface IssueRequest {
  readonly commonName: string;
  /** DNS names and IP addresses the certificate is valid for. Empty for a client certificate. */
  readonly hosts?: readonly string[];
  readonly notAfter?: Date;
  /** The kind of the key. @default ec */
  readonly keys?: 'ec' | 'rsa';
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const VALIDITY_MS = 7 * 24 * 60 * 60 * 1000;
/** A little in the past, so that clocks which differ by minutes still accept the certificate. */
const BACKDATE_MS = 60 * 60 * 1000;

/** A throw-away certificate authority for the clouds on one machine. Its key exists in memory only. */
export class CertificateAuthority {
  readonly certificatePem: string;
  readonly #certificate: x509.X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(certificate: x509.X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.certificatePem = `${certificate.toString('pem')}\n`;
  }

  static async create(commonName: string): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${commonName}`,
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      serialNumber: randomBytes(16).toString('hex'),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(certificate, keys);
  }

  async issue(request: IssueRequest): Promise<Identity> {
    const keys = await (request.keys === 'rsa' ? generateRsaKeys() : generateKeys());
    const hosts = request.hosts ?? [];
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${request.commonName}`,
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      ...validity(request.notAfter),
      serialNumber: randomBytes(16).toString('hex'),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([
          hosts.length > 0 ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
        ...(hosts.length > 0
          ? [
              new x509.SubjectAlternativeNameExtension(
                hosts.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const),
              ),
            ]
          : []),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return {
      certificatePem: `${certificate.toString('pem')}\n`,
      privateKeyPem: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    };
  }
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function generateRsaKeys(): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const size = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) };
  return await webcrypto.subtle.generateKey({ ...algorithm, ...size }, true, ['sign', 'verify']);
}

function validity(notAfter = new Date(Date.now() + VALIDITY_MS)): {
  notBefore: Date;
  notAfter: Date;
} {
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - BACKDATE_MS), notAfter };
}
