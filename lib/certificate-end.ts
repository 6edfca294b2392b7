import { X509Certificate } from 'node:crypto';

const DAY_MS = 24 * 60 * 60 * 1000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----\r?\n[^-]+\r?\n-----END CERTIFICATE-----/g;

/** A certificate that has ended or soon will. */
export interface EndingCertificate {
  readonly subject: string;
  /** The day of its end, as `2061-05-21`. */
  readonly lastDay: string;
  /** Whole days that are left; negative once it has ended. */
  readonly daysLeft: number;
}

/** The certificates in a PEM text, in their order. Anything else in it is passed over. */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  return (pem.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
}

/**
 * The certificates of a PEM text that end within so many days of a moment, or have ended before it.
 *
 * @param nowMs the moment, in milliseconds of Unix time
 */
export function endingCertificates(
  pem: string,
  { nowMs, withinDays }: { readonly nowMs: number; readonly withinDays: number },
): readonly EndingCertificate[] {
  return certificatesIn(pem).flatMap((certificate) => {
    const endMs = Date.parse(certificate.validTo);
    const daysLeft = Math.floor((endMs - nowMs) / DAY_MS);
    if (daysLeft > withinDays) return [];
    const lastDay = new Date(endMs).toISOString().slice(0, 10);
    return [{ subject: commonName(certificate), lastDay, daysLeft }];
  });
}

/** The common name of a certificate's subject, or all of the subject where it has none. */
export function commonName({ subject }: X509Certificate): string {
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');
}
