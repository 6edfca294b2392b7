import type { ChainReport } from '../../../lambda/audit/chain-report.ts';
import { spanText } from '../outcome-words.ts';
import type { Rotation } from '../rotation-history.ts';
import { html, type Markup } from './html.ts';
import { eventIcon } from './symbols.ts';

/** Whether the trail holds, first of all. */
export function verdict(
  { isIntact, entryCount, findingCount, noticeCount, tip }: ChainReport,
  promotedVersionIds: readonly string[],
): Markup {
  if (!isIntact) {
    return html`<section class="card verdict bad">
      ${eventIcon('step-failed')}
      <div>
        <strong
          >The audit trail does not hold:
          ${findingCount === 1 ? 'one finding' : `${findingCount} findings`}</strong
        >
        <p>
          Entries were altered, removed, added or moved. Below is what the authentic ones say; the
          verification at the end names each finding.
        </p>
      </div>
    </section>`;
  }
  const kept =
    promotedVersionIds.length === 0
      ? 'None was altered, removed, added or moved.'
      : 'None was altered, removed, added or moved, and the last version that Secrets Manager promoted is among them.';
  const gaps =
    noticeCount === 0
      ? ''
      : ` ${noticeCount} gap${noticeCount === 1 ? '' : 's'} in it ${noticeCount === 1 ? 'is' : 'are'} named at the end.`;
  return html`<section class="card verdict good">
    ${eventIcon('proven')}
    <div>
      <strong>The audit trail holds: ${entryCount} entries</strong>
      <p>${kept}${gaps}</p>
      <p class="quiet">Newest entry ${tip.sequence}, MAC <span class="mono">${tip.mac}</span></p>
    </div>
  </section>`;
}

/** The numbers that a reader asks for first. */
export function tiles(rotations: readonly Rotation[], refusalCount: number, nowMs: number): Markup {
  // A test of the configuration has nothing to publish.
  const real = rotations.filter(({ outcome }) => outcome !== 'tested');
  const succeeded = real.filter(({ promotedMs }) => promotedMs !== undefined);
  const failures = rotations
    .flatMap(({ attempts }) => attempts)
    .filter(({ failure }) => failure !== undefined);
  const durations = succeeded
    .map(({ startedMs, promotedMs = startedMs }) => promotedMs - startedMs)
    .toSorted((one, other) => one - other);
  const median = durations[Math.floor(durations.length / 2)];
  const last = succeeded.at(-1)?.promotedMs;
  return html`<section class="tiles" aria-label="In short">
    ${tile(last === undefined ? '–' : spanText(nowMs - last), 'age of the password')}
    ${tile(`${succeeded.length} of ${real.length}`, 'rotations published a password')}
    ${tile(median === undefined ? '–' : spanText(median), 'median until published')}
    ${tile(failures.length, 'failed attempts', failures.length === 0 ? '' : 'bad')}
    ${tile(refusalCount, 'refused logins', refusalCount === 0 ? '' : 'warn')}
  </section>`;
}

function tile(value: string | number, label: string, tone = ''): Markup {
  return html`<div class="card tile ${tone}"><b>${value}</b><span>${label}</span></div>`;
}
