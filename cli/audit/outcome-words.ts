import type { Outcome } from './rotation-history.ts';

/** What each outcome is called, and what it means to the reader. */
export const OUTCOME_WORDS: Readonly<
  Record<Outcome, { readonly label: string; readonly meaning: string }>
> = {
  succeeded: {
    label: 'succeeded',
    meaning: 'published everywhere, after every database proved it',
  },
  'rolled-forward': {
    label: 'rolled forward',
    meaning:
      'it could not go back, so it was proven everywhere and published; the failed step was finished later',
  },
  'taken-back': {
    label: 'taken back',
    meaning: 'it failed; databases were set back to what people read',
  },
  'given-up': {
    label: 'given up',
    meaning: 'a database refuses the new password by policy; the next rotation has another',
  },
  failed: { label: 'failed', meaning: 'its last attempt failed' },
  tested: { label: 'tested', meaning: 'a test of the configuration: logins only, nothing changed' },
  unfinished: { label: 'unfinished', meaning: 'under way, or its function died' },
};

/** A time span as a person reads it: `840 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `31 d 4 h`. */
export function spanText(spanMs: number): string {
  if (spanMs < 1_000) return `${spanMs} ms`;
  if (spanMs < 60_000) return `${(Math.floor(spanMs / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(spanMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 60) return two([minutes, 'min'], [seconds % 60, 's']);
  if (hours < 48) return two([hours, 'h'], [minutes % 60, 'min']);
  return two([Math.floor(hours / 24), 'd'], [hours % 24, 'h']);
}

/** In UTC, to the second: `2026-11-20 10:00:00`. */
export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
}

type Part = readonly [number, string];

function two([large, unit]: Part, [small, smallUnit]: Part): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}
