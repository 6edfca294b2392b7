import type { ChainReport } from '../../../lambda/audit/chain-report.ts';
import type { Entry } from '../../../lambda/audit/entry.ts';
import { timeText } from '../outcome-words.ts';
import type { History, Rotation } from '../rotation-history.ts';
import { ageChart } from './age-chart.ts';
import { wordsOf } from './event-words.ts';
import { html, type Markup } from './html.ts';
import { chartLegend, legend } from './legend.ts';
import { rotationCard } from './rotation-card.ts';
import { STYLES } from './styles.ts';
import { tiles, verdict } from './summary.ts';
import { eventIcon, symbolDefinitions } from './symbols.ts';
import { refusalTable, stateTable, verificationTable } from './tables.ts';

/** Those that are drawn; older ones are in the chart. */
const ROTATIONS_MAX = 120;

export interface ReportContent {
  readonly rotation: string;
  readonly secretArn: string;
  /** Vaults first, then databases, in the order of the configuration. Subjects that are in the trail only come last. */
  readonly subjects: readonly string[];
  readonly history: History;
  readonly entries: readonly Entry[];
  readonly report: ChainReport;
  /** The versions whose promotion the trail had to tell of. */
  readonly promotedVersionIds: readonly string[];
  readonly nowMs: number;
}

/**
 * The report as one HTML page. It holds everything it needs, and its policy forbids the browser to fetch anything or to run
 * a script. Every text from the trail is escaped.
 */
export function reportPage(content: ReportContent): string {
  const { rotation, secretArn, history, entries, nowMs } = content;
  const { rotations } = history;
  const lanes = lanesOf(content);
  const refusals = entries.filter(({ event }) => event === 'login-refused');
  const body = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>Audit report: ${rotation}</title>
        <style>
          ${{ markup: STYLES }}
        </style>
      </head>
      <body>
        ${symbolDefinitions()}
        <main>
          <header>
            <h1>Audit report: ${rotation}</h1>
            <p class="quiet mono">${secretArn}</p>
            <p class="quiet">Made ${timeText(nowMs)} UTC. All times are in UTC.</p>
          </header>
          ${verdict(content.report, content.promotedVersionIds)}
          ${tiles(rotations, refusals.length, nowMs)}
          <h2>Age of the password</h2>
          <div class="card">
            ${ageChart({ rotations, refusals: refusals.map(({ time }) => Date.parse(time)), nowMs })}
            ${chartLegend()}
          </div>
          <h2>Where the password stands</h2>
          <div class="card">${stateTable(lanes, entries)}</div>
          <h2>Rotations</h2>
          ${legend()} ${cards(rotations, lanes)}
          <h2>Refused logins</h2>
          <div class="card">${refusalTable(refusals)}</div>
          ${operations(history)}
          <h2>Verification</h2>
          <div class="card">${verificationTable(content.report)}</div>
          <footer>
            Made by <span class="mono">lockstep audit report</span> from the entries that are
            authentic. What a page says can be changed by who has it: the proof is the trail, and
            <span class="mono">lockstep audit verify ${rotation}</span>.
          </footer>
        </main>
      </body>
    </html> `;
  return body.markup;
}

function lanesOf({ subjects, entries }: ReportContent): readonly string[] {
  return [...new Set([...subjects, ...entries.map(({ subject }) => subject)])];
}

function cards(rotations: readonly Rotation[], lanes: readonly string[]): Markup {
  if (rotations.length === 0) return html`<p class="quiet">None yet.</p>`;
  const shown = rotations.slice(-ROTATIONS_MAX).toReversed();
  const left = rotations.length - shown.length;
  return html`${shown.map((rotation, index) =>
    rotationCard(rotation, {
      lanes,
      isOpen: index === 0 || rotation.attempts.some(({ failure }) => failure !== undefined),
    }),
  )}${left === 0 ? html`` : html`<p class="quiet">… and ${left} older ones.</p>`}`;
}

function operations({ operations: calls }: History): Markup {
  if (calls.length === 0) return html``;
  const rows = calls
    .toReversed()
    .slice(0, ROTATIONS_MAX)
    .map(
      ({ step, startedMs, entries }) =>
        html`<tr>
          <td class="time">${timeText(startedMs)}</td>
          <td>${step}</td>
          <td>
            ${entries.map(({ event, subject, error }) => html`<div>${eventIcon(event)} ${subject} ${wordsOf(event).label}${error === undefined ? '' : `: ${error}`}</div>`)}
          </td>
        </tr>`,
    );
  return html`<h2>Between rotations</h2>
    <div class="card scroll">
      <table>
        <thead>
          <tr>
            <th>Time (UTC)</th>
            <th>Operation</th>
            <th>What happened</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}
