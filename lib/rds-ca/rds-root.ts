import type { X509Certificate } from 'node:crypto';
import { certificatesIn, commonName } from '../certificate-end.ts';

const NAME = /^Amazon RDS ([a-z]{2}(?:-[a-z]+)+-\d) Root CA (RSA2048|RSA4096|ECC384) (G\d)$/;
const ORGANIZATION = /^O=Amazon Web Services\\, Inc\.$/m;

/** A root certificate that Amazon RDS signs the certificates of one region's databases with. */
export interface RdsRoot {
  readonly region: string;
  /** `RSA2048 G1`: RDS has one root for each kind of key, and a server uses one of them. */
  readonly kind: string;
  /** SHA-256 of the certificate, as `AA:BB:…`. */
  readonly fingerprint: string;
  /** `2061-05-21` */
  readonly lastDay: string;
  readonly pem: string;
}

/**
 * The root certificates in a bundle of Amazon RDS, by region and kind: those that are self-signed, named as RDS names its
 * roots, and not ended. Roots of preview environments and intermediate certificates of 2019 are passed over.
 *
 * @param nowMs the moment, in milliseconds of Unix time
 */
export function rdsRoots(
  bundle: string,
  { nowMs }: { readonly nowMs: number },
): readonly RdsRoot[] {
  return certificatesIn(bundle)
    .flatMap((certificate) => {
      const endMs = Date.parse(certificate.validTo);
      const [, region = '', key = '', generation = ''] = NAME.exec(commonName(certificate)) ?? [];
      if (region === '' || endMs <= nowMs || !isRootOfAmazon(certificate)) return [];
      return [
        {
          region,
          kind: `${key} ${generation}`,
          fingerprint: certificate.fingerprint256,
          lastDay: new Date(endMs).toISOString().slice(0, 10),
          pem: certificate.toString(),
        },
      ];
    })
    .sort((one, other) => compare(`${one.region} ${one.kind}`, `${other.region} ${other.kind}`));
}

function isRootOfAmazon(certificate: X509Certificate): boolean {
  return (
    certificate.ca &&
    ORGANIZATION.test(certificate.subject) &&
    certificate.checkIssued(certificate) &&
    certificate.verify(certificate.publicKey)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
