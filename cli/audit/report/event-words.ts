/** How an event looks, and what it means. */
export interface EventWords {
  readonly label: string;
  /** The symbol that stands for it; see symbols.ts. Shape tells as much as colour. */
  readonly symbol: string;
  readonly tone: 'good' | 'step' | 'bad' | 'warn' | 'quiet';
}

const WORDS: ReadonlyMap<string, EventWords> = new Map<string, EventWords>([
  ['staged', { label: 'staged', symbol: 'ring', tone: 'step' }],
  ['change-intended', { label: 'change intended', symbol: 'tick', tone: 'quiet' }],
  ['changed', { label: 'password changed', symbol: 'diamond', tone: 'step' }],
  ['proven', { label: 'login proven', symbol: 'check', tone: 'good' }],
  ['promoted', { label: 'published', symbol: 'triangle', tone: 'good' }],
  ['mirror-levelled', { label: 'mirror brought level', symbol: 'triangle', tone: 'step' }],
  ['restored', { label: 'taken back', symbol: 'back', tone: 'warn' }],
  ['restore-failed', { label: 'could not be taken back', symbol: 'cross', tone: 'bad' }],
  ['change-failed', { label: 'change failed', symbol: 'cross', tone: 'bad' }],
  ['step-failed', { label: 'step failed', symbol: 'cross', tone: 'bad' }],
  ['login-refused', { label: 'login refused', symbol: 'barred', tone: 'warn' }],
  ['refusals-cleared', { label: 'refusals cleared', symbol: 'square', tone: 'quiet' }],
  ['pending-removed', { label: 'pending version dropped', symbol: 'minus', tone: 'warn' }],
  ['overlap-lost', { label: 'old password ended early', symbol: 'minus', tone: 'warn' }],
  [
    'overlap-end-intended',
    { label: 'end of old password intended', symbol: 'tick', tone: 'quiet' },
  ],
  ['overlap-ended', { label: 'old password ended', symbol: 'square', tone: 'step' }],
  ['rehearsed', { label: 'rehearsed', symbol: 'dot', tone: 'quiet' }],
  ['version-retired', { label: 'old version retired', symbol: 'dot', tone: 'quiet' }],
]);

/** A newer function may record what this does not know yet: it is shown under its own name. */
export function wordsOf(event: string): EventWords {
  return WORDS.get(event) ?? { label: event, symbol: 'dot', tone: 'quiet' };
}

/** The events of the legend, in the order in which a rotation has them; one of each look. */
export const LEGEND_EVENTS = [
  'staged',
  'change-intended',
  'changed',
  'proven',
  'promoted',
  'mirror-levelled',
  'login-refused',
  'step-failed',
  'restored',
  'pending-removed',
  'overlap-ended',
  'version-retired',
] as const;
