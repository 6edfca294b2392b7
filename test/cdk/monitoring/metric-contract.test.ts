import process from 'node:process';
import { PowertoolsReporter } from '../../../lambda/adapters/powertools-reporter.ts';
import { STEPS as STEPS_OF_FUNCTION } from '../../../lambda/domain/step.ts';
import { Redactor } from '../../../lambda/domain/redactor.ts';
import type { MetricName as WrittenMetric } from '../../../lambda/ports/reporter.ts';
import {
  type MetricName as ReadMetric,
  rotationMetric,
  STEPS,
} from '../../../lib/monitoring/rotation-metrics.ts';

/** Every metric that an alarm or the dashboard reads; a name that the function does not write fails to compile. */
const READ: Readonly<Record<ReadMetric, WrittenMetric>> = {
  StepSucceeded: 'StepSucceeded',
  StepFailed: 'StepFailed',
  StepDurationMs: 'StepDurationMs',
  SecretAgeMs: 'SecretAgeMs',
  LoginRefused: 'LoginRefused',
  CurrentRefused: 'CurrentRefused',
  OverlapMs: 'OverlapMs',
  CertificateDaysLeft: 'CertificateDaysLeft',
  MirrorLag: 'MirrorLag',
  RestoreFailed: 'RestoreFailed',
  AuditFailed: 'AuditFailed',
  AuditCopyFailed: 'AuditCopyFailed',
  PruneFailed: 'PruneFailed',
};

interface Embedded {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly [
      { readonly Namespace: string; readonly Dimensions: readonly [readonly string[]] },
    ];
  };
  readonly [name: string]: unknown;
}

/** What CloudWatch would make of the line that the function writes: the namespace and each dimension's value. */
function written(metric: { readonly name: WrittenMetric; readonly subject?: string }): object {
  const lines: string[] = [];
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = (line: string) => lines.push(line) > 0;
  try {
    const options = { rotation: 'orders', requestId: 'b1c2', redactor: new Redactor() };
    new PowertoolsReporter(options).metric({ ...metric, value: 1 });
  } finally {
    stdout.write = write;
  }
  const embedded = JSON.parse(lines[0] ?? '') as Embedded;
  const [{ Namespace, Dimensions }] = embedded._aws.CloudWatchMetrics;
  const [names] = Dimensions;
  return { Namespace, ...Object.fromEntries(names.map((name) => [name, embedded[name]])) };
}

function read(choice: { readonly name: ReadMetric; readonly subject?: string }): object {
  const { namespace, dimensions } = rotationMetric('orders', choice);
  return { Namespace: namespace, ...dimensions };
}

describe('the metrics that alarms and dashboard read', () => {
  test.each(Object.keys(READ) as (keyof typeof READ)[])(
    'are where the function writes them, with a subject and without: %s',
    (name) => {
      expect(read({ name })).toEqual(written({ name: READ[name] }));
      const subject = 'orders-rds';
      expect(read({ name, subject })).toEqual(written({ name: READ[name], subject }));
    },
  );

  test('know the steps by the names that the function knows', () => {
    expect(STEPS).toEqual(STEPS_OF_FUNCTION);
  });
});
