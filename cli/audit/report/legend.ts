import type { Outcome } from '../rotation-history.ts';
import { lookOf } from './age-chart.ts';
import { LEGEND_EVENTS, wordsOf } from './event-words.ts';
import { html, type Markup } from './html.ts';
import { eventIcon, symbolIcon } from './symbols.ts';

/** What the signs and lines of a rotation mean. */
export function legend(): Markup {
  const lines = (['old', 'pending', 'new'] as const).map((state) => {
    const words = {
      old: 'the password before',
      pending: 'stored, not published',
      new: 'the new password',
    };
    return html`<li>
      <svg width="26" height="10" aria-hidden="true">
        <path d="M0 5H26" class="state ${state}" /></svg
      >${words[state]}
    </li>`;
  });
  const marks = LEGEND_EVENTS.map(
    (event) => html`<li>${eventIcon(event)} ${wordsOf(event).label}</li>`,
  );
  return html`<ul class="legend" aria-label="Legend">
      ${marks}${lines}
    </ul>
    <p class="quiet">
      Columns are entries in their order, not a scale of time; under each step stands how long after
      the start it began. Rest the pointer on a sign for what its entry says.
    </p>`;
}

/** What the signs under the chart mean. */
export function chartLegend(): Markup {
  const look = (outcome: Outcome, failures: number): Markup => {
    const [symbol, tone] = lookOf(outcome, failures);
    return symbolIcon(symbol, tone);
  };
  return html`<ul class="legend">
    <li>${look('succeeded', 0)} rotation succeeded</li>
    <li>${look('succeeded', 1)} succeeded after a failure</li>
    <li>${look('failed', 1)} did not succeed by itself</li>
    <li>${eventIcon('login-refused')} login refused</li>
  </ul>`;
}
