import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { LockstepError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { MetricName, Reporter } from '../ports/reporter.ts';

const SERVICE = 'lockstep';
const NAMESPACE = 'Lockstep';

export interface PowertoolsReporterOptions {
  readonly rotation: string;
  readonly requestId: string;
  readonly redactor: Redactor;
}

/**
 * Logs as JSON lines and metrics in CloudWatch's embedded format, both on standard output.
 *
 * Every text in a log line passes the redactor on its way out, whatever the caller put in.
 */
export class PowertoolsReporter implements Reporter {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #redactor: Redactor;

  constructor({ rotation, requestId, redactor }: PowertoolsReporterOptions) {
    this.#redactor = redactor;
    this.#logger = new Logger({
      serviceName: SERVICE,
      persistentKeys: { rotation, requestId },
      jsonReplacerFn: (_key, value) => (typeof value === 'string' ? redactor.clean(value) : value),
    });
    this.#metrics = new Metrics({
      namespace: NAMESPACE,
      serviceName: SERVICE,
      defaultDimensions: { Rotation: rotation },
    });
  }

  info(event: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#logger.info(event, this.#loggable(details));
  }

  warn(event: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#logger.warn(event, this.#loggable(details));
  }

  metric({
    name,
    value,
    subject,
  }: {
    readonly name: MetricName;
    readonly value: number;
    readonly subject?: string;
  }): void {
    // A metric of its own, so that the dimension of one never sticks to the next.
    const metric = this.#metrics.singleMetric();
    if (subject !== undefined) metric.addDimension('Subject', this.#redactor.clean(subject));
    metric.addMetric(name, name.endsWith('Ms') ? MetricUnit.Milliseconds : MetricUnit.Count, value);
  }

  #loggable(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(details).map(([key, value]) => [
        key,
        value instanceof Error ? this.#describe(value) : value,
      ]),
    );
  }

  /** An Error's own fields do not survive JSON; those of the family that help a person are named here. */
  #describe(error: Error): Record<string, unknown> {
    const { name, message, cause } = this.#redactor.summarize(error);
    const family =
      error instanceof LockstepError
        ? {
            subject: error.subject,
            retryability: error.retryability,
            aftermath: error.aftermath,
            remedy: error.remedy,
          }
        : {};
    return {
      name,
      message,
      ...family,
      cause: cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined,
    };
  }
}
