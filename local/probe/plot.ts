import type { Attempt } from './attempt.ts';

/** From a few refused to all. */
const LEVELS = ['▂', '▄', '▆', '█'] as const;
const ACCEPTED = '·';
const ERROR = 'x';
const NOTHING = ' ';

export interface TimeAxis {
  readonly startMs: number;
  readonly endMs: number;
  readonly columns: number;
}

/**
 * One character for each stretch of time: `·` every login was accepted, a block where some were refused, the higher the
 * more, `x` where there were other errors, nothing where nothing was tried.
 */
export function plotAttempts(attempts: readonly Attempt[], axis: TimeAxis): string {
  const columns = Array.from({ length: axis.columns }, (): Attempt[] => []);
  for (const attempt of attempts) columns[columnOf(attempt.dueMs, axis)]?.push(attempt);
  return columns.map(character).join('');
}

/** A `^` under each column in which something began. */
export function plotMarks(momentsMs: readonly number[], axis: TimeAxis): string {
  const marked = new Set(momentsMs.map((ms) => columnOf(ms, axis)));
  return Array.from({ length: axis.columns }, (_, column) => (marked.has(column) ? '^' : ' '))
    .join('')
    .trimEnd();
}

function columnOf(ms: number, { startMs, endMs, columns }: TimeAxis): number {
  const share = (ms - startMs) / Math.max(1, endMs - startMs);
  return Math.min(columns - 1, Math.max(0, Math.floor(share * columns)));
}

function character(attempts: readonly Attempt[]): string {
  const made = attempts.filter(({ outcome }) => outcome !== 'missed');
  if (made.length === 0) return NOTHING;
  const refused = made.filter(({ outcome }) => outcome === 'refused').length;
  if (refused > 0) {
    const level = Math.ceil((refused / made.length) * LEVELS.length) - 1;
    return LEVELS[level] ?? LEVELS[0];
  }
  return made.some(({ outcome }) => outcome === 'error') ? ERROR : ACCEPTED;
}
