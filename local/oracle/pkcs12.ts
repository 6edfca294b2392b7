import { createHmac, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

const { asn1, pki } = forge;
const { Class, Type } = asn1;
type Node = forge.asn1.Asn1;

/**
 * How a PKCS#12 file is encrypted: `old` as OpenSSL 1 does it (certificates RC2 with 40 bits, key triple DES, MAC
 * SHA-1), `new` as OpenSSL 3 does (both AES-256 and PBKDF2 with SHA-256, MAC SHA-256).
 */
export type Pkcs12Scheme = 'old' | 'new';

export interface Pkcs12Content {
  /** PEM. Left out: a file with certificates only. */
  readonly privateKeyPem?: string;
  /** PEM, one each, in the order in which they are to stand. */
  readonly certificatePems: readonly string[];
  readonly password: string;
  readonly scheme: Pkcs12Scheme;
  /** What the file says of its MAC, though it was made with fewer. @default the truth */
  readonly claimedMacIterations?: number;
}

const OID = {
  pbeWithSha1AndRc2: '1.2.840.113549.1.12.1.6',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;
const SALT_BYTES = 8;
/** OpenSSL makes 2,048; these are for tests, which make many. */
const ITERATIONS = 256;
/** The purposes of keys in PKCS#12 (RFC 7292, B.3). */
const PURPOSE = { encryption: 1, iv: 2, mac: 3 } as const;
const RC2_KEY_BYTES = 5;
const RC2_IV_BYTES = 8;

/** A PKCS#12 file (RFC 7292), DER: an `ewallet.p12`. The library's own maker knows neither all schemes nor all keys. */
export function makePkcs12(content: Pkcs12Content): Buffer {
  const certificates = encrypted(sequence(...content.certificatePems.map(certificateBag)), content);
  const safes = [certificates, ...(content.privateKeyPem === undefined ? [] : [keySafe(content)])];
  const authSafe = derOf(sequence(...safes));
  return Buffer.from(
    derOf(sequence(integer(3), data(authSafe), macData(authSafe, content))),
    'latin1',
  );
}

function certificateBag(pem: string): Node {
  const der = new X509Certificate(pem).raw.toString('latin1');
  const certificate = sequence(oid(pki.oids['x509Certificate']), explicit(octets(der)));
  return sequence(oid(pki.oids['certBag']), explicit(certificate));
}

function keySafe(content: Pkcs12Content): Node {
  const key = createPrivateKey(content.privateKeyPem ?? '');
  const der = key.export({ type: 'pkcs8', format: 'der' }).toString('latin1');
  const shrouded = protect(asn1.fromDer(der), content, '3des');
  const bag = sequence(oid(pki.oids['pkcs8ShroudedKeyBag']), explicit(shrouded));
  return data(derOf(sequence(bag)));
}

/** EncryptedPrivateKeyInfo, which serves for anything that is encrypted under a password. */
function protect(node: Node, content: Pkcs12Content, oldAlgorithm: '3des'): Node {
  const { password, scheme } = content;
  const algorithm = scheme === 'old' ? oldAlgorithm : 'aes256';
  return pki.encryptPrivateKeyInfo(node, password, {
    algorithm,
    count: ITERATIONS,
    prfAlgorithm: 'sha256',
  });
}

/** A ContentInfo with EncryptedData. */
function encrypted(safe: Node, content: Pkcs12Content): Node {
  const [algorithm, ciphertext] =
    content.scheme === 'old'
      ? encryptRc2(derOf(safe), content)
      : (protect(safe, content, '3des').value as [Node, Node]);
  const body = sequence(
    oid(pki.oids['data']),
    algorithm,
    asn1.create(Class.CONTEXT_SPECIFIC, Type.NONE, false, ciphertext.value),
  );
  return sequence(oid(pki.oids['encryptedData']), explicit(sequence(integer(0), body)));
}

function encryptRc2(plaintext: string, { password }: Pkcs12Content): [Node, Node] {
  const iterations = ITERATIONS;
  const salt = randomBytes(SALT_BYTES).toString('latin1');
  const derive = (purpose: number, length: number): string =>
    deriveKey({ password, salt, purpose, iterations, length, digest: 'sha1' });
  const cipher = forge.rc2.createEncryptionCipher(derive(PURPOSE.encryption, RC2_KEY_BYTES), 40);
  cipher.start(derive(PURPOSE.iv, RC2_IV_BYTES));
  cipher.update(forge.util.createBuffer(plaintext));
  cipher.finish();
  const parameters = sequence(octets(salt), integer(iterations));
  return [sequence(oid(OID.pbeWithSha1AndRc2), parameters), octets(cipher.output.getBytes())];
}

function macData(
  authSafe: string,
  { password, scheme, claimedMacIterations = ITERATIONS }: Pkcs12Content,
): Node {
  const iterations = ITERATIONS;
  const salt = randomBytes(SALT_BYTES).toString('latin1');
  const digest = scheme === 'old' ? 'sha1' : 'sha256';
  const length = scheme === 'old' ? 20 : 32;
  const key = deriveKey({ password, salt, purpose: PURPOSE.mac, iterations, length, digest });
  const mac = createHmac(digest, Buffer.from(key, 'latin1'))
    .update(Buffer.from(authSafe, 'latin1'))
    .digest('binary');
  const algorithm = sequence(oid(scheme === 'old' ? pki.oids['sha1'] : OID.sha256), none());
  return sequence(sequence(algorithm, octets(mac)), octets(salt), integer(claimedMacIterations));
}

function deriveKey(options: {
  readonly password: string;
  readonly salt: string;
  readonly purpose: number;
  readonly iterations: number;
  readonly length: number;
  readonly digest: 'sha1' | 'sha256';
}): string {
  const { password, salt, purpose, iterations, length, digest } = options;
  const hash = forge.md[digest].create();
  const saltBuffer = forge.util.createBuffer(salt);
  return forge.pkcs12
    .generateKey(password, saltBuffer, purpose, iterations, length, hash)
    .getBytes();
}

/** A ContentInfo with Data. */
function data(bytes: string): Node {
  return sequence(oid(pki.oids['data']), explicit(octets(bytes)));
}

function sequence(...parts: Node[]): Node {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
}

function explicit(part: Node): Node {
  return asn1.create(Class.CONTEXT_SPECIFIC, Type.NONE, true, [part]);
}

function oid(text: string | undefined): Node {
  return asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(text ?? '').getBytes());
}

function octets(bytes: string): Node {
  return asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, bytes);
}

function integer(value: number): Node {
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(value).getBytes());
}

function none(): Node {
  return asn1.create(Class.UNIVERSAL, Type.NULL, false, '');
}

function derOf(node: Node): string {
  return asn1.toDer(node).getBytes();
}
