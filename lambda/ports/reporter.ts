/**
 * Names of the metrics; dimensions are the rotation and, where it fits, what it is about: a database, a vault, a step, a
 * kind of error. Alarms and the dashboard read them (`lib/monitoring/rotation-metrics.ts`).
 */
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

/** Names of the log lines, for searching. */
export type LogEvent = string;

/** Logs and metrics. Never throws; what it writes holds no secret. */
export interface Reporter {
  info(event: LogEvent, details?: Readonly<Record<string, unknown>>): void;
  warn(event: LogEvent, details?: Readonly<Record<string, unknown>>): void;
  metric(metric: {
    readonly name: MetricName;
    readonly value: number;
    readonly subject?: string;
  }): void;
}
