import type { Colours } from '../colours.ts';
import type { CopyComparison } from './compare-copies.ts';

const SHOWN_MAX = 20;

/** Whether every entry has its copy, byte for byte, and every copy its entry. */
export function isSame({ missing, different, surplus }: CopyComparison): boolean {
  return missing.length + different.length + surplus.length === 0;
}

/** What a comparison found, for people. */
export function copiesText(comparison: CopyComparison, colours: Colours): string {
  const { copyCount, missing, different, surplus } = comparison;
  if (isSame(comparison)) {
    return `${colours.green('✔')} the copies are the same: ${copyCount}, byte for byte`;
  }
  const failure = colours.red('✖');
  const line = (sequences: readonly number[], what: string): readonly string[] =>
    sequences.length === 0 ? [] : [`${failure} ${what}: ${listed(sequences)}`];
  return [
    ...line(missing, 'entries without a copy'),
    ...line(different, 'entries whose copy is another object'),
    ...line(surplus, 'copies of which the trail has no authentic entry'),
  ].join('\n');
}

function listed(sequences: readonly number[]): string {
  const left = sequences.length - SHOWN_MAX;
  const more = left > 0 ? ` and ${left} more` : '';
  return `${sequences.slice(0, SHOWN_MAX).join(', ')}${more}`;
}
