import { OUTCOME_WORDS, spanText, timeText } from '../outcome-words.ts';
import type { Outcome, Rotation } from '../rotation-history.ts';
import { html, type Markup } from './html.ts';
import { timeTicks, valueTicks } from './ticks.ts';

const WIDTH = 960;
const HEIGHT = 230;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 12, 14, 56];

/** A sandbox is minutes old, a company's rotation years. */
const UNITS = [
  { unitMs: 86_400_000, sign: 'd' },
  { unitMs: 3_600_000, sign: 'h' },
  { unitMs: 60_000, sign: 'min' },
  { unitMs: 1_000, sign: 's' },
] as const;

export interface AgeChart {
  readonly rotations: readonly Rotation[];
  /** Times of refused logins. */
  readonly refusals: readonly number[];
  readonly nowMs: number;
}

/** The age of the published password over time: it grows until the next rotation publishes another. */
export function ageChart({ rotations, refusals, nowMs }: AgeChart): Markup {
  const [first] = rotations;
  if (first === undefined) return html`<p class="quiet">No rotation yet.</p>`;
  const promoted = rotations.flatMap(({ promotedMs }) => promotedMs ?? []);
  const spans = promoted.map((fromMs, index) => ({ fromMs, toMs: promoted[index + 1] ?? nowMs }));
  const oldestMs = Math.max(0, ...spans.map(({ fromMs, toMs }) => toMs - fromMs));
  const { unitMs, sign } = UNITS.find((unit) => oldestMs >= 2 * unit.unitMs) ?? UNITS[3];
  const ages = valueTicks(oldestMs / unitMs);
  const top = ages.at(-1) ?? 1;
  const startMs = first.startedMs;
  const x = (timeMs: number): number =>
    rounded(LEFT + ((timeMs - startMs) / Math.max(1, nowMs - startMs)) * (WIDTH - LEFT - RIGHT));
  const y = (age: number): number =>
    rounded(HEIGHT - BOTTOM - (age / top) * (HEIGHT - TOP - BOTTOM));
  const base = y(0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Age of the password">
    <svg
      class="chart"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="Age of the password over time"
    >
      ${ages.map((age) => html`<path d="M${LEFT} ${y(age)}H${WIDTH - RIGHT}" class="grid" /><text x="${LEFT - 8}" y="${y(age) + 4}" class="axis end">${age} ${sign}</text>`)}
      ${timeTicks(startMs, nowMs).map(({ timeMs, label }) => html`<text x="${x(timeMs)}" y="${HEIGHT - 8}" class="axis middle">${label}</text><path d="M${x(timeMs)} ${base}v5" class="grid" />`)}
      ${spans.map(({ fromMs, toMs }) => spanOf({ fromMs, toMs }, { x, yOf: (ageMs) => y(ageMs / unitMs) }))}
      ${rotations.map((rotation) => markOf(rotation, { x: x(rotation.startedMs), base }))}
      ${refusals.map((timeMs) => html`<g class="mark warn" transform="translate(${x(timeMs)} ${base + 26}) scale(0.7)"><title>login refused, ${timeText(timeMs)} UTC</title><use href="#s-barred" /></g>`)}
    </svg>
  </div>`;
}

interface Scales {
  readonly x: (timeMs: number) => number;
  /** Of an age in milliseconds. */
  readonly yOf: (ageMs: number) => number;
}

function spanOf(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { x, yOf }: Scales,
): Markup {
  const peak = yOf(toMs - fromMs);
  const title = `published ${timeText(fromMs)} UTC, in force for ${spanText(toMs - fromMs)}`;
  return html`<g class="age"
    ><title>${title}</title
    ><path d="M${x(fromMs)} ${yOf(0)}L${x(toMs)} ${peak}V${yOf(0)}Z" class="area" /><path
      d="M${x(fromMs)} ${yOf(0)}L${x(toMs)} ${peak}"
      class="edge"
  /></g>`;
}

function markOf(
  { startedMs, outcome, attempts }: Rotation,
  { x, base }: { readonly x: number; readonly base: number },
): Markup {
  const failures = attempts.filter(({ failure }) => failure !== undefined).length;
  const [symbol, tone] = lookOf(outcome, failures);
  // A row of their own: what failed is often followed by one that succeeded, too soon for the axis to tell them apart.
  const y = base + (tone === 'bad' ? 27 : 12);
  const failed = failures === 0 ? '' : `, ${failures} failed attempt${failures === 1 ? '' : 's'}`;
  const title = `rotation of ${timeText(startedMs)} UTC: ${OUTCOME_WORDS[outcome].label}${failed}`;
  return html`<g class="mark ${tone}" transform="translate(${x} ${y})"
    ><title>${title}</title><use href="#s-${symbol}"
  /></g>`;
}

/** Shape and colour of a rotation on the axis; the legend of the page has the same. */
export function lookOf(outcome: Outcome, failures: number): readonly [string, string] {
  if (outcome === 'unfinished' || outcome === 'tested') return ['ring', 'quiet'];
  if (outcome !== 'succeeded') return ['cross', 'bad'];
  return failures === 0 ? ['disc', 'good'] : ['diamond', 'warn'];
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
