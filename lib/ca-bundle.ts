import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseConfig } from '../config/database-config.ts';
import { SynthesisError } from './synthesis-error.ts';

const PEM_LABEL = /-----BEGIN ([A-Z0-9 ]+)-----/g;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----\r?\n[^-]+\r?\n-----END CERTIFICATE-----/g;

/** The certificates that one database's own certificate must chain to, as they travel in the asset. */
export interface CaBundle {
  /** Where the function finds it, relative to its root: `ca/<database name>.pem`. */
  readonly assetPath: string;
  readonly pem: string;
}

/** The path of a database's CA bundle inside the asset. */
export function caAssetPath(databaseName: string): string {
  return `ca/${databaseName}.pem`;
}

/**
 * Reads the CA file of every database that names one.
 *
 * @param folder where relative paths start: the folder of rotations.json
 * @throws SynthesisError when a file is missing, holds no certificate, or holds anything else in PEM form
 */
export function readCaBundles(
  databases: readonly DatabaseConfig[],
  folder: string,
): readonly CaBundle[] {
  return databases.flatMap(({ name, trust }) => {
    if (trust === 'system' || !('caFile' in trust)) return [];
    const { caFile } = trust;
    const pem = readText(path.resolve(folder, caFile));
    if (pem === undefined) throw new SynthesisError(refusal(name, `cannot read ${caFile}`));
    const reason = whyUnfit(pem);
    if (reason !== undefined) throw new SynthesisError(refusal(name, `${caFile} ${reason}`));
    return [{ assetPath: caAssetPath(name), pem }];
  });
}

function refusal(databaseName: string, reason: string): string {
  return `the CA file of database "${databaseName}": ${reason}`;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function whyUnfit(pem: string): string | undefined {
  const labels = [...pem.matchAll(PEM_LABEL)].map(([, label = '']) => label);
  if (labels.some((label) => label.endsWith('PRIVATE KEY'))) return 'holds a private key';
  const other = labels.find((label) => label !== 'CERTIFICATE');
  if (other !== undefined) return `holds a PEM block that is no certificate (${other})`;
  if (labels.length === 0) return 'holds no PEM certificate';
  const certificates = pem.match(CERTIFICATE) ?? [];
  const areFit = certificates.length === labels.length && certificates.every(isCertificate);
  return areFit ? undefined : 'holds a PEM certificate that cannot be parsed';
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
