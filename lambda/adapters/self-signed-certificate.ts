import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type forge from 'node-forge';
import asn1 from 'node-forge/lib/asn1.js';

const { Class, Type } = asn1;
type Node = forge.asn1.Asn1;

/** What an X.509 certificate calls things by (RFC 5280, RFC 5758). */
const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
} as const;
const VERSION_3 = '\u0002';
const SERIAL_BYTES = 8;
const TRUE = '\u00ff';
const NO_UNUSED_BITS = '\u0000';

/**
 * A new key, P-256, and a certificate of it that signs itself and may sign no other. Both are PEM, the key in clear.
 *
 * @param validity milliseconds since 1970
 */
export function makeSelfSigned(
  commonName: string,
  validity: { readonly fromMs: number; readonly toMs: number },
): { readonly keyPem: string; readonly certificatePem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const name = sequence(set(sequence(oid(OID.commonName), value(Type.UTF8, commonName))));
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(SERIAL_BYTES)]);
  const content = sequence(
    explicit(Type.NONE, value(Type.INTEGER, VERSION_3)),
    value(Type.INTEGER, serial.toString('latin1')),
    algorithm,
    name,
    sequence(time(validity.fromMs), time(validity.toMs)),
    name,
    asn1.fromDer(publicKey.export({ type: 'spki', format: 'der' }).toString('latin1')),
    explicit(Type.BITSTRING, sequence(notForSigning())),
  );
  const signature = sign('sha256', derOf(content), privateKey).toString('latin1');
  const certificate = sequence(
    content,
    algorithm,
    value(Type.BITSTRING, NO_UNUSED_BITS + signature),
  );
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: new X509Certificate(derOf(certificate)).toString(),
  };
}

/** The extension basicConstraints, critical, with its default: no certificate authority. */
function notForSigning(): Node {
  const constraints = derOf(sequence()).toString('latin1');
  return sequence(
    oid(OID.basicConstraints),
    value(Type.BOOLEAN, TRUE),
    value(Type.OCTETSTRING, constraints),
  );
}

function sequence(...parts: Node[]): Node {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
}

function set(...parts: Node[]): Node {
  return asn1.create(Class.UNIVERSAL, Type.SET, true, parts);
}

/** @param tag a number, which the library wants under the name of the universal type that has it */
function explicit(tag: forge.asn1.Type, part: Node): Node {
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, true, [part]);
}

function value(type: forge.asn1.Type, bytes: string): Node {
  return asn1.create(Class.UNIVERSAL, type, false, bytes);
}

function oid(text: string): Node {
  return value(Type.OID, asn1.oidToDer(text).getBytes());
}

function time(ms: number): Node {
  return value(Type.UTCTIME, asn1.dateToUtcTime(new Date(ms)));
}

function derOf(node: Node): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
}
