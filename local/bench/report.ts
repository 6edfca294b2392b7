import type { BundleSize, ColdStart } from './cold-start.ts';
import type { FleetTime } from './fleet.ts';
import type { RotationTime } from './rotation-time.ts';
import type { BenchResult } from './run-bench.ts';
import type { Spread } from './spread.ts';

const PARTS_SHOWN = 12;

/** The result as Markdown, as it stands in docs/BENCHMARKS.md: ratios first, medians with the smallest and the largest. */
export function report(result: BenchResult): string {
  const { machine, size, coldStarts, rotations, idleSteps, fleets, roundTrips } = result;
  const fewest = Object.values(result.fewestRoundTrips).reduce((sum, count) => sum + count, 0);
  return [
    `Machine: ${machine.cpu}, ${machine.cpus} processors, ${gigabytes(machine.memoryBytes)} GB.`,
    '### Start',
    table(
      ['Node', 'ready / bare', 'event refused / bare', 'bare', 'ready', 'event refused', 'memory'],
      coldStarts.map(startRow),
    ),
    '### Round trips',
    `Each millisecond of a round trip adds ${roundTrips.toFixed(1)} ms to a rotation; the fewest is ${fewest}: ${result.roundTripsToFewest.toFixed(2)} times.`,
    table(
      ['round trip', 'rotation', 'create', 'set', 'test', 'finish', 'refused logins', 'calls'],
      rotations.map(rotationRow),
    ),
    '### A step with nothing to do',
    table(
      ['step', 'calls', 'round trips', 'ms'],
      idleSteps.map(({ step, calls, roundTripMs, ms, roundTrips }) => [
        step,
        `${calls.length}`,
        roundTrips.toFixed(1),
        `${spread(ms)} at ${roundTripMs} ms`,
      ]),
    ),
    '### Many secrets at once',
    table(
      [
        'secrets',
        'a secret / one alone',
        'all, s',
        'a secret, ms',
        'one rotation, ms',
        'refused logins',
      ],
      fleets.map((fleet) => fleetRow(fleet, fleets)),
    ),
    '### Size',
    `${megabytes(size.bytes)} MB in ${size.files} files, of which a start reads ${megabytes(size.startBytes)} MB.`,
    table(['part', 'KB'], partRows(size)),
  ].join('\n\n');
}

function startRow({ node, ratio, ms, rssBytes }: ColdStart): string[] {
  return [
    node,
    ratio.ready.toFixed(1),
    ratio.refused.toFixed(1),
    spread(ms.bare),
    spread(ms.ready),
    spread(ms.refused),
    `${megabytes(rssBytes.ready - rssBytes.bare)} MB over bare`,
  ];
}

function rotationRow(time: RotationTime): string[] {
  const { createSecret, setSecret, testSecret, finishSecret } = time.stepMs;
  const calls = Object.entries(time.calls).map(([service, count]) => `${service} ${count}`);
  return [
    `${time.roundTripMs} ms${time.hasCloudHandshakes ? ', with handshakes' : ''}`,
    spread(time.ms),
    ...[createSecret, setSecret, testSecret, finishSecret].map((ms) => ms.toFixed(0)),
    `${time.refusedLogins}`,
    calls.join(', '),
  ];
}

function fleetRow(
  { secrets, totalMs, rotationMs, refusedLogins }: FleetTime,
  [alone]: readonly FleetTime[],
): string[] {
  const each = totalMs / secrets;
  const ratio = alone === undefined ? NaN : each / (alone.totalMs / alone.secrets);
  return [
    `${secrets}`,
    ratio.toFixed(2),
    (totalMs / 1_000).toFixed(1),
    each.toFixed(0),
    spread(rotationMs),
    `${refusedLogins}`,
  ];
}

function partRows({ parts }: BundleSize): string[][] {
  const rest = parts.slice(PARTS_SHOWN).reduce((sum, [, bytes]) => sum + bytes, 0);
  return [...parts.slice(0, PARTS_SHOWN), ['everything else', rest] as const].map(
    ([name, bytes]) => [name, (bytes / 1_000).toFixed(0)],
  );
}

function spread({ median, min, max }: Spread): string {
  return `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(2);
}

function gigabytes(bytes: number): string {
  return (bytes / 1_000_000_000).toFixed(0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
