import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseConfig } from '../config/parse.ts';
import { type RotationEntry, RotationsFile } from '../config/rotations-file.ts';
import { SynthesisError } from './synthesis-error.ts';

const FILE = 'rotations.json';
const EXAMPLE_FILE = 'rotations.example.json';

/** The rotations to deploy, with the folder that relative paths in their file start from. */
export interface Rotations {
  readonly folder: string;
  readonly entries: readonly RotationEntry[];
}

export interface RotationsPath {
  readonly file: string;
  /** Nobody named a file and there is no rotations.json: this is the example. */
  readonly isExample: boolean;
}

/**
 * Finds the file to read: the first of `candidates` that is set, else rotations.json in `folder`, else the example.
 *
 * @param candidates what the caller was given, most telling first; an empty one counts as not set
 */
export function findRotations(
  folder: string,
  candidates: readonly (string | undefined)[],
): RotationsPath {
  const given = candidates.find((one) => one !== undefined && one !== '');
  if (given !== undefined) return { file: path.resolve(folder, given), isExample: false };
  const file = path.join(folder, FILE);
  if (existsSync(file)) return { file, isExample: false };
  return { file: path.join(folder, EXAMPLE_FILE), isExample: true };
}

/**
 * Reads and checks a file of rotations.
 *
 * @throws SynthesisError when the file cannot be read
 * @throws ConfigError when it is not JSON or does not fit the schema
 */
export function readRotations(file: string): Rotations {
  const { rotations } = parseConfig(RotationsFile, {
    subject: path.basename(file),
    text: readText(file),
  });
  return { folder: path.dirname(file), entries: rotations };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new SynthesisError(`cannot read the rotations file ${file}`);
  }
}
