import type { ChainReport } from '../../../lambda/audit/chain-report.ts';
import type { Entry } from '../../../lambda/audit/entry.ts';
import { timeText } from '../outcome-words.ts';
import { wordsOf } from './event-words.ts';
import { html, type Markup } from './html.ts';
import { eventIcon } from './symbols.ts';

/** Events that say which credential a database or vault has from then on. */
const SETTLING = ['changed', 'proven', 'restored', 'promoted', 'mirror-levelled'];
const FINGERPRINT_SHOWN = 8;
/** A page is to be looked at; what is older is in the trail. */
const ROWS_MAX = 100;

/** What each database and vault has by the last entry that says so, with the fingerprint of the credential. */
export function stateTable(lanes: readonly string[], entries: readonly Entry[]): Markup {
  const rows = lanes.map((subject) => {
    const own = entries.filter((entry) => entry.subject === subject);
    const last = own.findLast(({ event }) => SETTLING.includes(event));
    const refusals = own.filter(({ event }) => event === 'login-refused').length;
    return html`<tr>
      <td>${subject}</td>
      <td>
        ${last === undefined ? '–' : html`${eventIcon(last.event)} ${wordsOf(last.event).label}`}
      </td>
      <td class="time">${last === undefined ? '' : timeText(Date.parse(last.time))}</td>
      <td class="mono">${shown(last?.fingerprint)}</td>
      <td>${refusals}</td>
    </tr>`;
  });
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Database or vault</th>
            <th>Last known</th>
            <th>Since (UTC)</th>
            <th>Credential</th>
            <th>Refused logins</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <p class="quiet">
      A credential is shown by the beginning of its keyed fingerprint: where two are equal, so are
      user and password.
    </p>`;
}

/** Every refused login, newest first. */
export function refusalTable(refusals: readonly Entry[]): Markup {
  if (refusals.length === 0) return html`<p class="quiet">None.</p>`;
  const rows = refusals
    .toReversed()
    .slice(0, ROWS_MAX)
    .map(
      ({ time, subject, step, fingerprint, sequence }) =>
        html`<tr>
          <td class="time">${timeText(Date.parse(time))}</td>
          <td>${subject}</td>
          <td>${step}</td>
          <td class="mono">${shown(fingerprint)}</td>
          <td>${sequence}</td>
        </tr>`,
    );
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Time (UTC)</th>
            <th>Database</th>
            <th>Step</th>
            <th>Credential</th>
            <th>Entry</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${older(refusals.length)}`;
}

/** What the verification found, entry by entry. */
export function verificationTable({
  findings,
  findingCount,
  notices,
  noticeCount,
}: ChainReport): Markup {
  if (findingCount + noticeCount === 0) {
    return html`<p class="quiet">Nothing is missing and nothing is wrong.</p>`;
  }
  const row = (
    tone: string,
    { kind, sequence, message }: { kind: string; sequence: number | undefined; message: string },
  ): Markup =>
    html`<tr>
      <td>${sequence ?? '–'}</td>
      <td><span class="badge ${tone}">${kind}</span></td>
      <td>${message}</td>
    </tr>`;
  const rows = [
    ...findings.map((finding) => row('bad', finding)),
    ...notices.map((notice) => row('quiet', notice)),
  ].slice(0, ROWS_MAX);
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Entry</th>
            <th>Kind</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${older(findingCount + noticeCount)}`;
}

function shown(fingerprint: string | undefined): string {
  return fingerprint === undefined ? '–' : `${fingerprint.slice(0, FINGERPRINT_SHOWN)}…`;
}

function older(count: number): Markup {
  return count > ROWS_MAX
    ? html`<p class="quiet">
        … and ${count - ROWS_MAX} more; lockstep audit verify and the trail have them.
      </p>`
    : html``;
}
