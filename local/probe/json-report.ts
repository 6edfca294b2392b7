import type { Measurement } from './measurement.ts';
import { cleanWindow } from './rotation-window.ts';
import { findingsOf } from './verdict.ts';

/** What `--json` prints. Times are whole milliseconds. */
export interface JsonReport {
  readonly strategies: readonly JsonStrategy[];
}

export interface JsonStrategy {
  readonly name: string;
  readonly rotations: number;
  /** One for each database and mode. */
  readonly databases: readonly JsonDatabase[];
  /** What speaks against a promise; nothing where all were kept. */
  readonly findings: readonly string[];
}

export interface JsonDatabase {
  readonly name: string;
  readonly engine: string;
  /** How the application comes by its password. */
  readonly mode: string;
  readonly attempts: number;
  readonly refused: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** What is shorter cannot be seen. */
  readonly floorMs: number;
  /** Whether the strategy promises that nothing is refused here. */
  readonly mustBeZero: boolean;
  readonly missed: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Of the rotations in which nothing failed; null where there was none. */
  readonly cleanWindow: {
    readonly medianMs: number;
    readonly minMs: number;
    readonly maxMs: number;
  } | null;
}

export function jsonOf(measurement: Measurement): JsonStrategy {
  const { strategy, rotations, intervalMs, applications } = measurement;
  return {
    name: strategy.name,
    rotations: rotations.length,
    databases: applications.map(({ engine, summary }) => {
      const window = cleanWindow(summary.runs, rotations);
      return {
        name: summary.database,
        engine,
        mode: summary.mode,
        attempts: summary.attempts,
        refused: summary.refused,
        totalMs: Math.round(summary.totalMs),
        longestMs: Math.round(summary.longestMs),
        floorMs: Math.round(intervalMs),
        mustBeZero: strategy.zeroOn.includes(engine),
        missed: summary.missed,
        errors: summary.errors,
        cleanWindow:
          window === undefined
            ? null
            : {
                medianMs: Math.round(window.medianMs),
                minMs: Math.round(window.minMs),
                maxMs: Math.round(window.maxMs),
              },
      };
    }),
    findings: findingsOf(measurement),
  };
}
