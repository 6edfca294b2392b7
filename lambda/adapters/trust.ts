import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../domain/errors.ts';
import { pemBlocks } from './pem.ts';

/** The part of a database's `trust` that names certificates. */
export type TrustSource = 'system' | { readonly caFile: string };

/**
 * The certificates, PEM, that a database's own must chain to; undefined for the public ones that Node ships.
 *
 * @param taskRoot the folder the function was unpacked to, which `caFile` is in
 * @throws ConfigurationError when the file is missing or holds anything but certificates
 */
export async function readTrust(
  trust: TrustSource,
  { taskRoot }: { readonly taskRoot: string },
): Promise<string | undefined> {
  if (trust === 'system') return undefined;
  const text = await readText(join(taskRoot, trust.caFile), trust.caFile);
  requireCertificates(text, trust.caFile);
  return text;
}

async function readText(path: string, caFile: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`the CA file ${caFile} cannot be read`, {
      remedy: 'put it where "trust.caFile" in rotations.json says, and deploy again',
      cause,
    });
  }
}

function requireCertificates(text: string, caFile: string): void {
  const blocks = pemBlocks(text);
  const remedy = 'give certificates in PEM form: -----BEGIN CERTIFICATE-----';
  if (blocks.length === 0) {
    throw new ConfigurationError(`the CA file ${caFile} holds no PEM block`, { remedy });
  }
  for (const { label, text: pem } of blocks) {
    if (label === 'CERTIFICATE' && isCertificate(pem)) continue;
    throw new ConfigurationError(
      `the CA file ${caFile} holds a block that is no certificate (${label})`,
      { remedy },
    );
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
