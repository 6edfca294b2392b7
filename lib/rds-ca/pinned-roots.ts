import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SynthesisError } from '../synthesis-error.ts';
import type { RdsRoot } from './rds-root.ts';

/** Where the pinned certificates lie: a file a region, and `pinned.json`, which says what they are. */
export const PINNED_FOLDER = path.join(import.meta.dirname, 'certificates');
const RECORD = 'pinned.json';

/** What is pinned, and where it came from. */
export const PinRecord = z.strictObject({
  source: z.string().min(1),
  /** SHA-256 of the bundle that the certificates were taken from, in hexadecimal. */
  sourceSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** `2026-11-21` */
  pinnedOn: z.iso.date(),
  roots: z.array(
    z.strictObject({
      region: z.string(),
      kind: z.string(),
      fingerprint: z.string(),
      lastDay: z.iso.date(),
    }),
  ),
});
export type PinRecord = z.infer<typeof PinRecord>;

/**
 * The file with the root certificates of Amazon RDS in a region, for `trust: { caFile }` of a database.
 *
 * @throws SynthesisError when none is pinned for the region
 */
export function rdsCaFile(region: string): string {
  const file = path.join(PINNED_FOLDER, `${region}.pem`);
  if (existsSync(file)) return file;
  throw new SynthesisError(
    `no certificate of Amazon RDS is pinned for ${region}: refresh them (lib/rds-ca/README.md), or name a file of your own`,
  );
}

/** @returns undefined where nothing is pinned in the folder yet */
export function readPins(folder: string): PinRecord | undefined {
  const file = path.join(folder, RECORD);
  if (!existsSync(file)) return undefined;
  return PinRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Puts these roots, and no others, into the folder. */
export function writePins(
  folder: string,
  { roots, ...origin }: Omit<PinRecord, 'roots'> & { readonly roots: readonly RdsRoot[] },
): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.pem'))) {
    rmSync(path.join(folder, name));
  }
  for (const region of new Set(roots.map((root) => root.region))) {
    const ofRegion = roots.filter((root) => root.region === region);
    writeFileSync(path.join(folder, `${region}.pem`), ofRegion.map(({ pem }) => pem).join(''));
  }
  const record: PinRecord = {
    ...origin,
    roots: roots.map(({ region, kind, fingerprint, lastDay }) => ({
      region,
      kind,
      fingerprint,
      lastDay,
    })),
  };
  writeFileSync(path.join(folder, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
}
