import { NO_ANSWER } from './login-failure.ts';
import type { MeasuredApplication, Measurement } from './measurement.ts';

/** Of the ticks. Where more of them had no answer or were missed, too little was seen to say that nothing was refused. */
const UNSEEN_SHARE_MAX = 0.25;

/**
 * What speaks against a measurement, a sentence each; nothing where every promise was kept and seen to be kept. A login
 * that failed otherwise than by a refusal, a rotation that did not end, an application that did not connect: each of them
 * would leave a promise unproven.
 */
export function findingsOf(measurement: Measurement): readonly string[] {
  const { strategy, rotations, applications } = measurement;
  const failed = rotations.flatMap(({ kind, failure }, index) =>
    failure === undefined ? [] : [`rotation ${index + 1} (${kind}) did not end well: ${failure}`],
  );
  const seen = applications.flatMap((application) => {
    const { engine, baseline, summary } = application;
    const where = `${summary.database}, ${summary.mode}`;
    const findings = [
      ...(baseline.refused > 0 ? [`${baseline.refused} refused before any rotation`] : []),
      ...(summary.attempts === 0 ? ['no attempt was made'] : []),
      ...(strategy.zeroOn.includes(engine) ? brokenPromises(application, rotations) : []),
    ];
    return findings.map((finding) => `${where}: ${finding}`);
  });
  return [...failed, ...seen];
}

function brokenPromises(
  application: MeasuredApplication,
  rotations: Measurement['rotations'],
): readonly string[] {
  const { refused, errors, attempts, missed } = application.summary;
  const { [NO_ANSWER]: unanswered = 0, ...others } = errors;
  const codes = Object.entries(others).map(([code, times]) => `${code} (${times})`);
  const [unseen, ticks] = [missed + unanswered, attempts + missed];
  return [
    ...(refused > 0
      ? [`${refused} refused, where none may be; ${firstRefusal(application, rotations)}`]
      : []),
    ...(codes.length > 0 ? [`errors that are no refusals: ${codes.join(', ')}`] : []),
    ...(unseen > UNSEEN_SHARE_MAX * ticks
      ? [`${unseen} of ${ticks} ticks without an answer: lower --rate, or free the machine`]
      : []),
  ];
}

/** Where to begin to look. */
function firstRefusal(
  { attempts }: MeasuredApplication,
  rotations: Measurement['rotations'],
): string {
  const [first] = attempts
    .filter(({ outcome }) => outcome === 'refused')
    .sort((one, other) => one.dueMs - other.dueMs);
  if (first === undefined) return '';
  const { dueMs, latencyMs, versionId = 'unknown' } = first;
  const begun = rotations.filter(({ startedMs }) => startedMs <= dueMs + latencyMs);
  const { kind = 'none', startedMs = dueMs } = begun.at(-1) ?? {};
  return (
    `the first was due ${Math.round(dueMs - startedMs)} ms after rotation ${begun.length} (${kind}) began, ` +
    `took ${Math.round(latencyMs)} ms and used version ${versionId}`
  );
}
