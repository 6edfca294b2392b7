import type { Engine } from '../../lambda/ports/database.ts';
import type { MeasuredApplication, Measurement } from './measurement.ts';
import { plotAttempts, plotMarks, type TimeAxis } from './plot.ts';
import { cleanWindow, windowsOf } from './rotation-window.ts';
import { findingsOf } from './verdict.ts';

const ENGINE_NAMES: Readonly<Record<Engine, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  oracle: 'Oracle (a stand-in)',
};
const NAME_WIDTH = 15;
const MODE_WIDTH = 10;
const NUMBER_WIDTH = 9;
const PLOT_COLUMNS = 72;
const MS_PER_SECOND = 1_000;

/** A measurement for people to read, line by line. */
export function reportOf(measurement: Measurement): readonly string[] {
  return [
    ...tableOf(measurement),
    '',
    ...plotsOf(measurement),
    '',
    ...windowsInWords(measurement),
    noiseInWords(measurement),
    ...findingsOf(measurement).map((finding) => `NOT KEPT OR NOT PROVEN: ${finding}`),
  ];
}

function tableOf(measurement: Measurement): readonly string[] {
  const head = ['attempts', 'refused', 'total ms', 'longest', 'floor', 'errors', 'missed'];
  return [
    row('database', 'client', head),
    ...measurement.applications.map(({ summary }) =>
      row(summary.database, summary.mode, [
        count(summary.attempts),
        count(summary.refused),
        count(summary.totalMs),
        count(summary.longestMs),
        count(measurement.intervalMs),
        count(Object.values(summary.errors).reduce((sum, times) => sum + times, 0)),
        count(summary.missed),
      ]),
    ),
  ];
}

function row(name: string, mode: string, numbers: readonly string[]): string {
  const cells = numbers.map((number) => number.padStart(NUMBER_WIDTH));
  return `${name.padEnd(NAME_WIDTH)}${mode.padEnd(MODE_WIDTH)}${cells.join('')}`;
}

function count(number: number): string {
  return String(Math.round(number));
}

function plotsOf({ applications, rotations, startMs, endMs }: Measurement): readonly string[] {
  const axis: TimeAxis = { startMs, endMs, columns: PLOT_COLUMNS };
  const indent = ''.padEnd(NAME_WIDTH + MODE_WIDTH);
  const marks = plotMarks(
    rotations.map(({ startedMs }) => startedMs),
    axis,
  );
  const seconds = Math.round((endMs - startMs) / MS_PER_SECOND);
  return [
    ...applications.map(
      ({ attempts, summary: { database, mode } }) =>
        database.padEnd(NAME_WIDTH) + mode.padEnd(MODE_WIDTH) + plotAttempts(attempts, axis),
    ),
    `${indent}${marks}`,
    `${indent}^ a rotation begins; · all logins accepted, ▂▄▆█ some to all refused; ${seconds} s`,
  ];
}

/** For every database that promises nothing: how long its window was. */
function windowsInWords(measurement: Measurement): readonly string[] {
  const { strategy, rotations, cacheMs } = measurement;
  return measurement.applications.flatMap((application) => {
    const { engine, summary } = application;
    if (strategy.zeroOn.includes(engine)) return promiseInWords(application);
    const window = cleanWindow(summary.runs, rotations);
    if (window === undefined) return [];
    const windows = windowsOf(summary.runs, rotations);
    const longest = windows.toSorted((one, other) => other.windowMs - one.windowMs)[0];
    const cache = summary.mode === 'cached' ? ` with a cache of ${cacheMs} ms` : '';
    return [
      `${ENGINE_NAMES[engine]}, ${summary.mode}${cache}: a clean rotation keeps new logins out for ` +
        `${count(window.medianMs)} ms (median; ${count(window.minMs)} to ${count(window.maxMs)}); ` +
        `the longest: ${count(longest?.windowMs ?? 0)} ms (${longest?.rotation.kind ?? ''})`,
    ];
  });
}

function promiseInWords({ engine, summary }: MeasuredApplication): readonly string[] {
  const { mode, refused, rescued } = summary;
  const again = rescued > 0 ? `; ${rescued} logins went well after reading again` : '';
  return [`${ENGINE_NAMES[engine]}, ${mode}: ${refused} refused${again}`];
}

/** How far the numbers can be trusted on this machine. */
function noiseInWords({ applications, intervalMs }: Measurement): string {
  const most = (numberOf: (one: MeasuredApplication) => number): string =>
    count(Math.max(0, ...applications.map(numberOf)));
  return (
    `Every window is exact to ${count(intervalMs)} ms at either end. Without a rotation a login took up to ` +
    `${most(({ baseline }) => baseline.latencyMedianMs)} ms (the slowest median), ` +
    `${most(({ baseline }) => baseline.latencyMaxMs)} ms (the slowest of all); with rotations ` +
    `${most(({ summary }) => summary.latencyMaxMs)} ms. The latest tick began ` +
    `${most(({ summary }) => summary.lateMaxMs)} ms late, and counts from when it was due.`
  );
}
