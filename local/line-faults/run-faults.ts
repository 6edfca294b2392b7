import type { Display } from '../demo/display.ts';
import { Campaign, type CampaignResult, type Violation } from './campaign.ts';
import { faultText, type Fault, type Kind } from './fault.ts';
import { planFaults, sampleOf } from './plan.ts';
import { endpointsOf, type Shape } from './shape.ts';
import { countByEndpoint, TABLE_HEAD, tableRow, type EndpointCount } from './table.ts';
import type { Universe } from './universe.ts';
import type { RecordedPoint } from './world.ts';

/** Which faults. An empty list stands for all. */
export interface Choice {
  readonly seed: string;
  /** How many at most. */
  readonly sample: number | undefined;
  readonly endpoints: readonly string[];
  readonly kinds: readonly Kind[];
  /** These and no others, whatever the rest says. */
  readonly faults: readonly Fault[];
}

export interface FaultsOptions extends Choice {
  readonly worlds: number;
  readonly isDryRun: boolean;
}

/** What `--json` prints. */
export interface FaultsResult {
  readonly isGood: boolean;
  readonly seed: string;
  readonly rotations: number;
  readonly faults: number;
  readonly endpoints: readonly EndpointCount[];
  readonly missed: readonly string[];
  readonly records: CampaignResult['records'];
  readonly violations: readonly Violation[];
}

interface Stage {
  readonly universe: Universe;
  readonly display: Display;
}

const NOTHING: CampaignResult = {
  rotations: 0,
  records: [],
  struck: [],
  retried: [],
  missed: [],
  violations: [],
};
/** So often a line that stays. */
const FAULTS_A_LINE = 50;
/** Of the function's log, under a violation. All of it is in what `--json` prints. */
const LOG_LINES_SHOWN = 20;
const COMMON_FIELDS = new Set([
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'rotation',
  'requestId',
  'versionId',
]);

/**
 * Counts the points of a rotation, chooses faults and lets a rotation suffer each.
 *
 * @throws {Error} when a server is not known or no message goes to it, and whatever keeps the clouds from starting
 */
export async function runFaults(stage: Stage, options: FaultsOptions): Promise<FaultsResult> {
  const { universe, display } = stage;
  const { seed, worlds, isDryRun } = options;
  display.title('Faults on every line between the function and its servers');
  display.begin('a rotation without faults');
  const first = await universe.makeWorld();
  const points = await first.record();
  requireKnown(points, [...options.endpoints, ...endpointsOf(universe.shape)]);
  display.done('dry run', `${points.length} points in a rotation`);
  const faults = chooseFaults(points, options);
  display.note('seed', `${seed}, which chooses ${faults.length} faults`);
  let told = 0;
  const result = isDryRun
    ? NOTHING
    : await new Campaign({
        universe,
        first,
        faults,
        worlds,
        onRotation: (fault, done) => {
          if (done > 0 && done % FAULTS_A_LINE === 0 && done > told) {
            told = done;
            display.note('so far', `${done} of ${faults.length} faults`);
          }
          display.begin(`${done} of ${faults.length} done, now ${described(fault, points)}`);
        },
        onViolation: (violation) => {
          display.failed('violation', violationLines(violation, { seed, shape: universe.shape }));
        },
      }).run();
  return conclude(display, { points, result, options });
}

function requireKnown(points: readonly RecordedPoint[], servers: readonly string[]): void {
  const silent = servers.find((name) => points.every(({ endpoint }) => endpoint !== name));
  if (silent !== undefined) throw new Error(`no message of a rotation goes to ${silent}`);
}

function chooseFaults(points: readonly RecordedPoint[], choice: Choice): readonly Fault[] {
  if (choice.faults.length > 0) return choice.faults;
  const { seed, sample, endpoints, kinds } = choice;
  const faults = planFaults(points, seed).filter(
    ({ kind, point }) =>
      (kinds.length === 0 || kinds.includes(kind)) &&
      (endpoints.length === 0 || endpoints.includes(point.endpoint)),
  );
  return sample === undefined ? faults : sampleOf(faults, sample);
}

function conclude(
  display: Display,
  {
    points,
    result,
    options: { seed, isDryRun },
  }: {
    readonly points: readonly RecordedPoint[];
    readonly result: CampaignResult;
    readonly options: FaultsOptions;
  },
): FaultsResult {
  const { rotations, struck, missed, violations } = result;
  const endpoints = countByEndpoint(points, result);
  display.title('What struck');
  for (const row of [TABLE_HEAD, ...endpoints.map(tableRow)]) display.say(row);
  for (const fault of missed) {
    display.note('missed', `${described(fault, points)}: no rotation came by`);
  }
  display.title(
    `faults: ${rotations} rotations, ${struck.length} faults, ${violations.length} violations`,
  );
  return {
    isGood: isDryRun || (violations.length === 0 && struck.length > 0),
    seed,
    rotations,
    faults: struck.length,
    endpoints,
    missed: missed.map(faultText),
    records: result.records,
    violations,
  };
}

/** The fault and, where a stand-in tells, the call that it strikes. */
function described(fault: Fault, points: readonly RecordedPoint[]): string {
  const { step, endpoint, connection, exchange } = fault.point;
  const known = points.find(
    (one) =>
      one.step === step &&
      one.endpoint === endpoint &&
      one.connection === connection &&
      one.exchange === exchange,
  );
  return known?.call === undefined ? faultText(fault) : `${faultText(fault)} (${known.call})`;
}

function violationLines(
  { breaches, faults, failures, log }: Violation,
  { seed, shape }: { readonly seed: string; readonly shape: Shape },
): readonly string[] {
  const replay = faults.map((fault) => `--fault ${fault}`).join(' ');
  return [
    faults.length === 1 ? (faults[0] ?? '') : `one of ${faults.length} faults`,
    ...distinct(breaches.map(({ promise, found }) => `broken: ${promise}; found: ${found}`)),
    `again: npm run faults -- --shape ${shape.name} --worlds 1 --seed ${seed} ${replay}`,
    ...failures.map((failure) => `attempt failed: ${failure}`),
    ...log
      .map(shortLine)
      .filter((line) => line !== '')
      .slice(-LOG_LINES_SHOWN),
  ];
}

/** What is found after one failure is found after the next, too. */
function distinct(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}

/** A line of the function's log without what all lines have; nothing of a metric. */
function shortLine(line: string): string {
  if (!line.startsWith('{')) return `log: ${line}`;
  const fields = Object.entries(JSON.parse(line) as Record<string, unknown>);
  const telling = fields.filter(([name]) => !COMMON_FIELDS.has(name));
  const isMetric = fields.some(([name]) => name === '_aws');
  return isMetric ? '' : `log: ${JSON.stringify(Object.fromEntries(telling))}`;
}
