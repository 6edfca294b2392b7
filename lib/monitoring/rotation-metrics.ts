import { Duration } from 'aws-cdk-lib';
import { type DimensionsMap, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** As the function's metrics writer names them (`lambda/adapters/powertools-reporter.ts`). */
export const NAMESPACE = 'Lockstep';
const SERVICE = 'lockstep';

/** The four steps as the metrics name them, in the order in which Secrets Manager calls them. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof STEPS)[number];

/** What the function does between rotations, named as a step is. */
export const OPERATIONS = ['revoke', 'retire', 'watch', 'clear-refusals', 'rehearse'] as const;

/** Names of the metrics; the function's port `lambda/ports/reporter.ts` has the same, which a test checks. */
export type MetricName =
  | 'StepSucceeded'
  | 'StepFailed'
  | 'StepDurationMs'
  | 'SecretAgeMs'
  | 'LoginRefused'
  | 'CurrentRefused'
  | 'OverlapMs'
  | 'CertificateDaysLeft'
  | 'MirrorLag'
  | 'RestoreFailed'
  | 'AuditFailed'
  | 'AuditCopyFailed'
  | 'PruneFailed';

export interface MetricChoice {
  readonly name: MetricName;
  /** What it is about: a step, a kind of error, a database or a mirror. Left out where the function writes none. */
  readonly subject?: string;
  /** @default - the sum, of milliseconds the greatest */
  readonly statistic?: string;
  /** @default - five minutes */
  readonly period?: Duration;
}

/** CloudWatch finds a metric only by all of its dimensions. */
export function dimensions(rotationName: string, subject?: string): DimensionsMap {
  const of = { service: SERVICE, Rotation: rotationName };
  return subject === undefined ? of : { ...of, Subject: subject };
}

/** A metric of one rotation. */
export function rotationMetric(rotationName: string, choice: MetricChoice): Metric {
  const { name, subject, period = Duration.minutes(5) } = choice;
  return new Metric({
    namespace: NAMESPACE,
    metricName: name,
    dimensionsMap: dimensions(rotationName, subject),
    statistic: choice.statistic ?? (name.endsWith('Ms') ? Stats.MAXIMUM : Stats.SUM),
    period,
  });
}

/**
 * Every subject of a metric that CloudWatch knows, for a widget: the kinds of errors are too many to name.
 *
 * @param except subjects to leave out
 */
export function searchBySubject(
  rotationName: string,
  { name, except }: { readonly name: MetricName; readonly except: readonly string[] },
): string {
  const unwanted = except.map((subject) => ` NOT Subject="${subject}"`).join('');
  const terms = `{${NAMESPACE},Rotation,Subject,service} MetricName="${name}" Rotation="${rotationName}"${unwanted}`;
  return `SEARCH('${terms}', 'Sum', 300)`;
}
