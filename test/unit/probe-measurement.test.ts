import { summarize } from '../../local/probe/application-summary.ts';
import type { Attempt } from '../../local/probe/attempt.ts';
import { jsonOf } from '../../local/probe/json-report.ts';
import { makeMeasurement, type Measurement } from '../../local/probe/measurement.ts';
import { plotAttempts, plotMarks } from '../../local/probe/plot.ts';
import { refusalRuns } from '../../local/probe/refusal-run.ts';
import { reportOf } from '../../local/probe/report.ts';
import type { RotationRecord } from '../../local/probe/rotation-kind.ts';
import { cleanWindow } from '../../local/probe/rotation-window.ts';
import { spreadOf } from '../../local/probe/spread.ts';
import { findingsOf } from '../../local/probe/verdict.ts';

const LETTERS = { a: 'accepted', r: 'refused', e: 'error', m: 'missed' } as const;

/** A tick every 100 ms from 1,000 on, a letter each. */
function attempts(
  letters: string,
  application: Partial<Pick<Attempt, 'database' | 'mode'>> = {},
): Attempt[] {
  return letters.split('').map((letter, index) => ({
    database: 'orders-rds',
    mode: 'uncached',
    ...application,
    dueMs: 1_000 + index * 100,
    lateMs: 1,
    latencyMs: 20,
    outcome: LETTERS[letter as keyof typeof LETTERS],
    isSecondTry: false,
  }));
}

describe('a stretch of refusals', () => {
  test('goes from the first refused tick to the next one that is accepted', () => {
    expect(refusalRuns(attempts('aarrraara'), 9_999)).toEqual([
      { startMs: 1_200, endMs: 1_500, refused: 3 },
      { startMs: 1_700, endMs: 1_800, refused: 1 },
    ]);
  });

  test('is told by when ticks were due, in whatever order they were answered', () => {
    const answered = [3, 0, 4, 2, 1].flatMap((index) => attempts('arrra')[index] ?? []);
    expect(refusalRuns(answered, 9_999)).toEqual([{ startMs: 1_100, endMs: 1_400, refused: 3 }]);
  });

  test('is not ended by what is no acceptance, nor begun by what is no refusal', () => {
    expect(refusalRuns(attempts('aeraemra'), 9_999)).toEqual([
      { startMs: 1_200, endMs: 1_300, refused: 1 },
      { startMs: 1_600, endMs: 1_700, refused: 1 },
    ]);
    expect(refusalRuns(attempts('aremra'), 9_999)).toEqual([
      { startMs: 1_100, endMs: 1_500, refused: 2 },
    ]);
  });

  test('that nothing ends goes on to the end of the measurement', () => {
    expect(refusalRuns(attempts('arr'), 5_000)).toEqual([
      { startMs: 1_100, endMs: 5_000, refused: 2 },
    ]);
  });
});

describe('the summary of an application', () => {
  const application = { database: 'orders-rds', mode: 'uncached' } as const;

  test('adds up the windows and keeps the longest', () => {
    const summary = summarize(application, attempts('aarrraaram'), 9_999);
    expect(summary).toMatchObject({
      database: 'orders-rds',
      mode: 'uncached',
      attempts: 9,
      refused: 4,
      errors: {},
      missed: 1,
      rescued: 0,
      totalMs: 400,
      longestMs: 300,
    });
  });

  test('counts errors apart, by code', () => {
    const failed = attempts('aeee').map((one, index) => ({
      ...one,
      ...(one.outcome === 'error' && { code: index === 3 ? 'ECONNRESET' : 'ORA-28000' }),
    }));
    expect(summarize(application, failed, 9_999)).toMatchObject({
      attempts: 4,
      refused: 0,
      errors: { 'ORA-28000': 2, ECONNRESET: 1 },
      longestMs: 0,
    });
  });

  test('tells how long logins took, and how late the latest began', () => {
    const latencies = [10, 40, 20, 30, 900];
    const timed = attempts('aaaaa').map((one, index) => ({
      ...one,
      latencyMs: latencies[index] ?? 0,
      lateMs: index,
    }));
    expect(summarize(application, timed, 9_999)).toMatchObject({
      latencyMedianMs: 30,
      latencyP99Ms: 900,
      latencyMaxMs: 900,
      lateMaxMs: 4,
    });
  });

  test('of nothing is all zeros', () => {
    expect(summarize(application, [], 9_999)).toMatchObject({
      attempts: 0,
      refused: 0,
      totalMs: 0,
      longestMs: 0,
      latencyMedianMs: 0,
    });
  });
});

test('the middle of an even number of durations is the lower one', () => {
  expect(spreadOf([400, 100, 300, 200])).toEqual({ medianMs: 200, minMs: 100, maxMs: 400 });
  expect(spreadOf([])).toBeUndefined();
});

describe('the plot', () => {
  test('is higher the more logins were refused, and tells errors and silence apart', () => {
    const axis = { startMs: 1_000, endMs: 3_000, columns: 5 };
    // Four ticks a column; nothing was tried in the last one.
    expect(plotAttempts(attempts('aaaaraaarrrraeaa'), axis)).toBe('·▂█x ');
  });

  test('marks where rotations began', () => {
    const axis = { startMs: 0, endMs: 1_000, columns: 10 };
    expect(plotMarks([150, 180, 700], axis)).toBe(' ^     ^');
  });
});

const ROTATIONS: readonly RotationRecord[] = [
  { kind: 'clean', startedMs: 1_200, endedMs: 1_600 },
  { kind: 'crash after setSecret', startedMs: 2_000, endedMs: 2_800 },
  { kind: 'clean', startedMs: 3_000, endedMs: 3_200 },
];

test('the window of a clean rotation is what was refused from its start to the next one', () => {
  const runs = [
    { startMs: 1_300, endMs: 1_600, refused: 3 },
    { startMs: 1_900, endMs: 2_000, refused: 1 },
    { startMs: 2_100, endMs: 2_900, refused: 8 },
    { startMs: 3_000, endMs: 3_200, refused: 2 },
  ];
  expect(cleanWindow(runs, ROTATIONS)).toEqual({ medianMs: 200, minMs: 200, maxMs: 400 });
  expect(cleanWindow(runs, ROTATIONS.slice(1, 2))).toBeUndefined();
});

/** PostgreSQL promises nothing here, Oracle does. */
function measured(oracle: string, rotations = ROTATIONS.slice(0, 1)): Measurement {
  const database = 'orders-adb';
  return makeMeasurement({
    strategy: {
      name: 'oracle-rollover',
      title: 'One user',
      topology: { engines: ['postgres', 'oracle'] },
      zeroOn: ['oracle'],
    },
    rotations,
    intervalMs: 100,
    cacheMs: 2_000,
    startMs: 1_000,
    attempts: [
      ...attempts('aaarrraa', { mode: 'uncached' }),
      ...attempts('aaarrrra', { mode: 'cached' }),
      ...attempts('aaarrraa', { mode: 'refresh' }),
      ...attempts(oracle, { database, mode: 'uncached' }),
      ...attempts('aaaaaaaa', { database, mode: 'cached' }),
      ...attempts('aaaaaaaa', { database, mode: 'refresh' }),
    ],
  });
}

describe('what speaks against a measurement', () => {
  test('is nothing where only those were refused to whom nothing is promised', () => {
    expect(findingsOf(measured('aaaaaaaa'))).toEqual([]);
  });

  test('is not a tick missed among many', () => {
    expect(findingsOf(measured('aaaaaaaaamaaa'))).toEqual([]);
  });

  test.each([
    {
      finding: 'a refusal where none may be',
      oracle: 'aaaraaaa',
      says:
        'orders-adb, uncached: 1 refused, where none may be; the first was due 100 ms after ' +
        'rotation 1 (clean) began, took 20 ms and used version unknown',
    },
    {
      finding: 'a refusal before any rotation',
      oracle: 'raaaaaaa',
      says: 'orders-adb, uncached: 1 refused before any rotation',
    },
    {
      finding: 'an error that is no refusal',
      oracle: 'aaaeeaaa',
      says: 'orders-adb, uncached: errors that are no refusals: unknown (2)',
    },
    {
      finding: 'an application that never connected',
      oracle: '',
      says: 'orders-adb, uncached: no attempt was made',
    },
    {
      finding: 'that more ticks were missed than leave anything to go by',
      oracle: 'aaamamaa',
      says: 'orders-adb, uncached: 2 of 6 ticks without an answer: lower --rate, or free the machine',
    },
  ])('is $finding', ({ oracle, says }) => {
    expect(findingsOf(measured(oracle))).toEqual([says]);
  });

  test('is a rotation that did not end well', () => {
    const failed = { startedMs: 1_200, endedMs: 1_600, failure: 'LockedOutError: all refused' };
    expect(findingsOf(measured('aaaaaaaa', [{ ...failed, kind: 'abandoned' }]))).toEqual([
      'rotation 1 (abandoned) did not end well: LockedOutError: all refused',
    ]);
  });
});

describe('a report', () => {
  test('for programs names strategy, database, attempts, refusals and the longest window', () => {
    const { databases, ...strategy } = jsonOf(measured('aaaaraaa'));
    expect(strategy).toEqual({
      name: 'oracle-rollover',
      rotations: 1,
      findings: [expect.stringMatching(/^orders-adb, uncached: 1 refused, where none may be/)],
    });
    expect(databases).toHaveLength(6);
    expect(databases[0]).toEqual({
      name: 'orders-rds',
      engine: 'postgres',
      mode: 'uncached',
      attempts: 6,
      refused: 3,
      totalMs: 300,
      longestMs: 300,
      floorMs: 100,
      mustBeZero: false,
      missed: 0,
      errors: {},
      cleanWindow: { medianMs: 300, minMs: 300, maxMs: 300 },
    });
    expect(databases[3]).toMatchObject({
      name: 'orders-adb',
      mode: 'uncached',
      refused: 1,
      longestMs: 100,
      mustBeZero: true,
    });
  });

  test('for people has a table, a plot and the window in words', () => {
    const lines = reportOf(measured('aaaaaaaa'));
    expect(lines.slice(0, 3)).toEqual([
      'database       client     attempts  refused total ms  longest    floor   errors   missed',
      'orders-rds     uncached          6        3      300      300      100        0        0',
      'orders-rds     cached            6        4      400      400      100        0        0',
    ]);
    expect(lines).toContain(
      'PostgreSQL, uncached: a clean rotation keeps new logins out for 300 ms (median; 300 to 300); the longest: 300 ms (clean)',
    );
    expect(lines).toContain('Oracle (a stand-in), uncached: 0 refused');
    expect(lines.find((line) => line.startsWith('orders-rds     uncached  ·'))).toMatch(/█/);
  });

  test('for people says what was not kept', () => {
    expect(reportOf(measured('aaaraaaa')).at(-1)).toMatch(
      /^NOT KEPT OR NOT PROVEN: orders-adb, uncached: 1 refused, where none may be/,
    );
  });
});
