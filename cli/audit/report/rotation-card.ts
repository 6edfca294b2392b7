import type { Entry } from '../../../lambda/audit/entry.ts';
import { OUTCOME_WORDS, spanText, timeText } from '../outcome-words.ts';
import type { Outcome, Rotation } from '../rotation-history.ts';
import { wordsOf } from './event-words.ts';
import { html, type Markup } from './html.ts';
import { rotationTimeline } from './rotation-timeline.ts';
import { eventIcon } from './symbols.ts';

export const OUTCOME_TONES: Readonly<Record<Outcome, 'good' | 'warn' | 'bad' | 'quiet'>> = {
  succeeded: 'good',
  tested: 'quiet',
  'rolled-forward': 'warn',
  'taken-back': 'warn',
  'given-up': 'warn',
  failed: 'bad',
  unfinished: 'quiet',
};

/** Events that undo a failure, or say that it could not be undone. */
const UNDOING = ['restored', 'restore-failed', 'pending-removed', 'mirror-levelled'];

/** One rotation: what came of it in a line, its timeline, what failed and what undid that. */
export function rotationCard(
  rotation: Rotation,
  { lanes, isOpen }: { readonly lanes: readonly string[]; readonly isOpen: boolean },
): Markup {
  const { versionId, startedMs, endedMs, promotedMs, outcome, attempts } = rotation;
  const { label, meaning } = OUTCOME_WORDS[outcome];
  const failures = attempts.filter(({ failure }) => failure !== undefined).length;
  const isHealed = outcome === 'succeeded' && failures > 0;
  const count = `${failures} failed attempt${failures === 1 ? '' : 's'}`;
  const tone = isHealed ? 'warn' : OUTCOME_TONES[outcome];
  const own = lanes.filter((lane) => rotation.subjects.includes(lane));
  const summary = html`<summary>
    <span class="time">${timeText(startedMs)} UTC</span
    ><span class="badge ${tone}">${isHealed ? 'succeeded after a failure' : label}</span
    ><span class="quiet"
      >${spanText((promotedMs ?? endedMs) - startedMs)}${failures === 0 ? '' : `, ${count}`}</span
    ><span class="mono">${versionId}</span>
  </summary>`;
  return html`<details class="card" ${isOpen ? html` open` : html``}>
    ${summary}
    <div>
      <p class="quiet">${capitalised(meaning)}.</p>
      ${rotationTimeline(rotation, own)}${storyOf(rotation)}
    </div>
  </details>`;
}

function storyOf({ attempts }: Rotation): Markup {
  const told = attempts.flatMap(({ entries }) => entries).filter(({ event }) => isTold(event));
  if (!told.some(({ event }) => event.endsWith('-failed') || event === 'login-refused'))
    return html``;
  return html`<ul class="notes">
    ${told.map(lineOf)}
  </ul>`;
}

/** Failures, what undid them, and the promotions, which tell whether it went on. */
function isTold(event: string): boolean {
  if (event.endsWith('-failed') || event === 'login-refused') return true;
  return UNDOING.includes(event) || event === 'promoted';
}

function lineOf({ event, subject, step, time, error, sequence }: Entry): Markup {
  const clock = timeText(Date.parse(time)).slice(11);
  const what = error === undefined ? '' : `: ${error}`;
  return html`<li>
    ${eventIcon(event)} <b>${subject}</b> ${wordsOf(event).label}${what}
    <span class="quiet">in ${step} at ${clock}, entry ${sequence}</span>
  </li>`;
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
