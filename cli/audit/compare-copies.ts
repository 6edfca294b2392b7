import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AuditConfig } from '../../config/audit-config.ts';
import { encodeEntry } from '../../lambda/audit/encoding.ts';
import type { Entry } from '../../lambda/audit/entry.ts';
import { entriesPrefix, objectKey, sequenceOfKey } from '../../lambda/audit/object-key.ts';
import { CommandError } from '../command-error.ts';

/** The entries of a trail beside their copies, by sequence, ascending. */
export interface CopyComparison {
  readonly copyCount: number;
  /** Entries without a copy. */
  readonly missing: readonly number[];
  /** Entries whose copy is another object. */
  readonly different: readonly number[];
  /** Copies of which the trail has no authentic entry. */
  readonly surplus: readonly number[];
}

/**
 * Compares the entries of a trail with copies in a folder, each under its key as `oci os object bulk-download` leaves it.
 *
 * @param trail.entries those that are authentic and in their place; what stored them is what `encodeEntry` writes again
 * @throws CommandError when the folder cannot be read, or the rotation has no copies
 */
export async function compareCopies(
  folder: string,
  trail: {
    readonly audit: Pick<AuditConfig, 'prefix' | 'copyTo'>;
    readonly entries: readonly Entry[];
  },
): Promise<CopyComparison> {
  const { audit, entries } = trail;
  if (audit.copyTo === undefined) {
    throw new CommandError('the trail of this rotation is not copied', {
      remedy: 'leave --copies out, or name audit.copyTo in rotations.json and deploy',
      ending: 'usage',
    });
  }
  const copyPrefix = audit.copyTo.ociObjectStorage.prefix ?? '';
  const pathOf = (key: string): string => path.join(folder, `${copyPrefix}${key}`);
  const copies = await listCopies(pathOf(entriesPrefix(audit.prefix)), audit.prefix);
  const [missing, different]: [number[], number[]] = [[], []];
  for (const entry of entries) {
    const { sequence } = entry;
    if (!copies.delete(sequence)) missing.push(sequence);
    else if (!(await holds(pathOf(objectKey(audit.prefix, sequence)), encodeEntry(entry)))) {
      different.push(sequence);
    }
  }
  const surplus = [...copies].sort((one, other) => one - other);
  const copyCount = entries.length - missing.length + surplus.length;
  return { copyCount, missing, different, surplus };
}

/** The sequences of which there is a copy; files by other names are none. */
async function listCopies(folder: string, prefix: string): Promise<Set<number>> {
  try {
    const names = await readdir(folder);
    return new Set(
      names.flatMap((name) => sequenceOfKey(prefix, `${entriesPrefix(prefix)}${name}`) ?? []),
    );
  } catch {
    throw new CommandError(`there are no copies in ${folder}`, {
      remedy: 'name the folder that the whole bucket was downloaded into',
      ending: 'unreachable',
    });
  }
}

async function holds(file: string, text: string): Promise<boolean> {
  return (await readFile(file)).equals(Buffer.from(text));
}
