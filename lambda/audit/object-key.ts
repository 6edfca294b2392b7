import { SEQUENCE_MAX } from './entry.ts';

const DIGITS = String(SEQUENCE_MAX).length;

/** What the keys of all entries of a trail begin with. @param prefix ends in `/`, or is empty */
export function entriesPrefix(prefix: string): string {
  return `${prefix}entries/`;
}

/**
 * The key of an entry's object: `<prefix>entries/<inverted>`, where `inverted` is 999999999999 minus the sequence.
 *
 * It depends on the sequence and on nothing else: objects are written once, so of two writers that want the same
 * sequence one finds the key taken, and the chain never forks. It is inverted because S3 lists in ascending order
 * only: the first key listed is the newest entry, whatever the length of the trail.
 *
 * @throws RangeError when the sequence is not a whole number from 1 to 999999999999
 */
export function objectKey(prefix: string, sequence: number): string {
  if (!Number.isInteger(sequence) || sequence < 1 || sequence > SEQUENCE_MAX) {
    throw new RangeError(`expected a sequence from 1 to ${SEQUENCE_MAX}, not ${sequence}`);
  }
  return `${entriesPrefix(prefix)}${String(SEQUENCE_MAX - sequence).padStart(DIGITS, '0')}`;
}

/** The sequence that a key stands for, or undefined where `objectKey` made no such key. */
export function sequenceOfKey(prefix: string, key: string): number | undefined {
  const start = entriesPrefix(prefix);
  const inverted = key.slice(start.length);
  if (!key.startsWith(start) || !/^\d{12}$/.test(inverted)) return undefined;
  const sequence = SEQUENCE_MAX - Number(inverted);
  return sequence >= 1 ? sequence : undefined;
}
