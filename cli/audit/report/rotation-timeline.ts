import type { Entry } from '../../../lambda/audit/entry.ts';
import { spanText } from '../outcome-words.ts';
import type { Attempt, Rotation } from '../rotation-history.ts';
import { wordsOf } from './event-words.ts';
import { html, type Markup } from './html.ts';
import { stateAfter, type LaneState } from './lane-state.ts';
import { eventMark } from './symbols.ts';

const LABEL_WIDTH = 150;
const COLUMN_WIDTH = 26;
const LANE_HEIGHT = 32;
const HEAD_HEIGHT = 44;
const BAND_GAP = 8;
/** What the name of a step takes. */
const BAND_WIDTH_MIN = 92;
const LABEL_LENGTH_MAX = 20;

interface Column {
  readonly entry: Entry;
  readonly x: number;
}

interface Band {
  readonly attempt: Attempt;
  readonly x: number;
  readonly width: number;
  readonly columns: readonly Column[];
}

/**
 * A rotation as lanes, one a database or vault, and columns, one an entry: entries are milliseconds apart where a step
 * works and hours where a retry is waited for, so that a scale of time would show neither. The line of a lane shows which
 * password is in force there.
 */
export function rotationTimeline(rotation: Rotation, lanes: readonly string[]): Markup {
  const bands = layOut(rotation.attempts);
  const last = bands.at(-1);
  const width = last === undefined ? LABEL_WIDTH : last.x + last.width + BAND_GAP;
  const height = HEAD_HEIGHT + lanes.length * LANE_HEIGHT + 6;
  const yOf = (subject: string): number =>
    HEAD_HEIGHT + lanes.indexOf(subject) * LANE_HEIGHT + LANE_HEIGHT / 2;
  const columns = bands.flatMap((band) => band.columns);
  return html`<div
    class="scroll"
    tabindex="0"
    role="region"
    aria-label="Timeline of ${rotation.versionId}"
  >
    <svg
      class="timeline"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="Steps and events of this rotation, a lane for each database and vault"
    >
      ${bands.map((band) => bandOf(band, { height, startedMs: rotation.startedMs }))}
      ${lanes.map((subject) => laneOf(subject, { y: yOf(subject), width, columns }))}
      ${columns.map(({ entry, x }) => eventMark(entry.event, { x, y: yOf(entry.subject), title: titleOf(entry) }))}
    </svg>
  </div>`;
}

function layOut(attempts: readonly Attempt[]): readonly Band[] {
  let x = LABEL_WIDTH;
  return attempts.map((attempt) => {
    const needed = attempt.entries.length * COLUMN_WIDTH;
    const width = Math.max(BAND_WIDTH_MIN, needed + 8);
    const first = x + (width - needed) / 2 + COLUMN_WIDTH / 2;
    const columns = attempt.entries.map((entry, index) => ({
      entry,
      x: first + index * COLUMN_WIDTH,
    }));
    const band = { attempt, x, width, columns };
    x += width + BAND_GAP;
    return band;
  });
}

function bandOf(
  { attempt, x, width }: Band,
  { height, startedMs }: { readonly height: number; readonly startedMs: number },
): Markup {
  const { step, requestId, functionVersion, failure } = attempt;
  const offset = attempt.startedMs - startedMs;
  const after = offset === 0 ? 'start' : `+ ${spanText(offset)}`;
  const took = spanText(attempt.endedMs - attempt.startedMs);
  const failed = failure === undefined ? '' : `\nfailed: ${failure.error ?? ''}`;
  const title = `${step}, ${took} between its first and last entry\nrequest ${requestId}, function version ${functionVersion}${failed}`;
  const middle = x + width / 2;
  return html`<g class="band ${failure === undefined ? '' : 'failed'}"
    ><title>${title}</title
    ><rect x="${x}" y="2" width="${width}" height="${height - 4}" rx="6" /><text
      x="${middle}"
      y="18"
      class="step"
      >${failure === undefined ? '' : '✕ '}${step}</text
    ><text x="${middle}" y="33" class="offset">${after}</text></g
  >`;
}

function laneOf(
  subject: string,
  {
    y,
    width,
    columns,
  }: { readonly y: number; readonly width: number; readonly columns: readonly Column[] },
): Markup {
  const own = columns.filter(({ entry }) => entry.subject === subject);
  let state: LaneState = 'old';
  let from = LABEL_WIDTH;
  const segments: Markup[] = [];
  for (const { entry, x } of own) {
    const next = stateAfter(entry.event, state);
    if (next === state) continue;
    segments.push(segmentOf(state, { from, to: x, y }));
    [state, from] = [next, x];
  }
  segments.push(segmentOf(state, { from, to: width - BAND_GAP, y }));
  return html`<g
    ><text x="${LABEL_WIDTH - 12}" y="${y + 4}" class="lane"
      >${shortened(subject)}<title>${subject}</title></text
    >${segments}</g
  >`;
}

function segmentOf(
  state: LaneState,
  { from, to, y }: { readonly from: number; readonly to: number; readonly y: number },
): Markup {
  return html`<path d="M${from} ${y}H${to}" class="state ${state}" />`;
}

function shortened(subject: string): string {
  return subject.length <= LABEL_LENGTH_MAX
    ? subject
    : `${subject.slice(0, LABEL_LENGTH_MAX - 1)}…`;
}

/** What an entry says, for the pointer that rests on it. */
function titleOf({ sequence, time, event, subject, error, fingerprint }: Entry): string {
  const lines = [`${subject}: ${wordsOf(event).label}`, `entry ${sequence}, ${time}`];
  if (error !== undefined) lines.push(error);
  if (fingerprint !== undefined) lines.push(`credential ${fingerprint.slice(0, 8)}…`);
  return lines.join('\n');
}
