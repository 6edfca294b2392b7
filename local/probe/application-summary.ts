import type { Attempt } from './attempt.ts';
import type { ClientMode } from './client-mode.ts';
import { refusalRuns, type RefusalRun } from './refusal-run.ts';
import { quantile } from './spread.ts';

const SLOWEST_SHARE = 0.99;

/** What one application lived through at one database. All times are in milliseconds. */
export interface ApplicationSummary {
  readonly database: string;
  readonly mode: ClientMode;
  /** That ended with an answer or an error. */
  readonly attempts: number;
  readonly refused: number;
  /** By code, how often: whatever kept it out other than a refused credential. */
  readonly errors: Readonly<Record<string, number>>;
  /** Ticks at which too many attempts were still waiting. */
  readonly missed: number;
  /** Logins that went well only because the secret was read again. */
  readonly rescued: number;
  readonly runs: readonly RefusalRun[];
  readonly totalMs: number;
  readonly longestMs: number;
  /** From when a tick was due to its answer; 0 without attempts. */
  readonly latencyMedianMs: number;
  readonly latencyP99Ms: number;
  readonly latencyMaxMs: number;
  /** How late the latest tick began. */
  readonly lateMaxMs: number;
}

/**
 * @param attempts of one application, in whatever order
 * @param untilMs the end of the measurement
 */
export function summarize(
  { database, mode }: { readonly database: string; readonly mode: ClientMode },
  attempts: readonly Attempt[],
  untilMs: number,
): ApplicationSummary {
  const made = attempts.filter(({ outcome }) => outcome !== 'missed');
  const runs = refusalRuns(attempts, untilMs);
  const lengths = runs.map(({ startMs, endMs }) => endMs - startMs);
  const latencies = made.map(({ latencyMs }) => latencyMs).sort((one, other) => one - other);
  const latency = (share: number): number =>
    latencies.length === 0 ? 0 : quantile(latencies, share);
  return {
    database,
    mode,
    attempts: made.length,
    refused: made.filter(({ outcome }) => outcome === 'refused').length,
    errors: countErrors(made),
    missed: attempts.length - made.length,
    rescued: made.filter((one) => one.outcome === 'accepted' && one.isSecondTry).length,
    runs,
    totalMs: lengths.reduce((sum, ms) => sum + ms, 0),
    longestMs: Math.max(0, ...lengths),
    latencyMedianMs: latency(0.5),
    latencyP99Ms: latency(SLOWEST_SHARE),
    latencyMaxMs: latency(1),
    lateMaxMs: attempts.reduce((most, { lateMs }) => Math.max(most, lateMs), 0),
  };
}

function countErrors(attempts: readonly Attempt[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome, code = 'unknown' } of attempts) {
    if (outcome === 'error') counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
