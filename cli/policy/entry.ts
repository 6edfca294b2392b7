import path from 'node:path';
import type { RotationEntry } from '../../config/rotations-file.ts';
import { readRotations } from '../../lib/rotations.ts';
import { SynthesisError } from '../../lib/synthesis-error.ts';
import { CommandError } from '../command-error.ts';
import type { Session } from '../session.ts';

/** A rotation as it stands in a file, with the folder that its relative paths start from. */
export interface FoundEntry {
  readonly entry: RotationEntry;
  readonly folder: string;
}

/**
 * Reads one rotation from a file of rotations.
 *
 * @throws CommandError when the file cannot be read or has no such rotation, ConfigError when it does not fit its schema
 */
export function findEntry(
  { world }: Session,
  { name, file }: { readonly name: string; readonly file: string },
): FoundEntry {
  const { folder, entries } = read(path.resolve(world.folder, file), file);
  const entry = entries.find((one) => one.name === name);
  if (entry !== undefined) return { entry, folder };
  const names = entries.map((one) => one.name).join(', ');
  throw new CommandError(`${file} has no rotation "${name}"`, {
    remedy: `name one that it has: ${names}`,
    ending: 'usage',
  });
}

function read(absolute: string, file: string): ReturnType<typeof readRotations> {
  try {
    return readRotations(absolute);
  } catch (error) {
    if (!(error instanceof SynthesisError)) throw error;
    throw new CommandError(`cannot read ${file}`, {
      remedy: 'name the file of rotations with --file',
      ending: 'unreachable',
    });
  }
}
