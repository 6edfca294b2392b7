import { decodeEntry } from '../../lambda/audit/encoding.ts';
import { ROTATION, type Clouds } from '../clouds/clouds.ts';
import { AUDIT_BUCKET } from '../clouds/vaults.ts';
import type { Display } from './display.ts';

const METRICS_SHOWN = ['StepFailed', 'MirrorLag', 'CurrentRefused', 'LoginRefused', 'AuditFailed'];

/** Shows what an operator would find afterwards: the metrics that alarm, and the audit entries of the rotation. */
export function operatorView(display: Display, clouds: Clouds, versionId: string): void {
  display.title('What the operator sees of act 2');
  for (const metric of alarmingMetrics(clouds.lambda.logs())) display.done('metric', metric);
  for (const entry of entriesOf(clouds, versionId)) display.done('audit entry', entry);
}

/** Embedded metrics are log lines with an `_aws` key. */
function alarmingMetrics(logs: string): string[] {
  return logs.split('\n').flatMap((line) => {
    if (!line.includes('"_aws"')) return [];
    const metric = JSON.parse(line) as Partial<Record<string, string | number>>;
    const { Subject: subject = '' } = metric;
    return METRICS_SHOWN.filter((name) => name in metric).map((name) => `${name}  ${subject}`);
  });
}

function entriesOf({ vaults }: Clouds, versionId: string): string[] {
  // Keys sort newest first.
  return vaults.aws.buckets
    .versions(AUDIT_BUCKET, `lockstep/${ROTATION}/`)
    .flatMap((versions) => versions.slice(-1))
    .map(({ bytes }) => decodeEntry(bytes.toString('utf8')))
    .filter((entry) => entry.versionId === versionId)
    .reverse()
    .map(({ sequence, step, event, subject, error = '' }) =>
      `#${String(sequence)} ${step} ${event} ${subject} ${error}`.trimEnd(),
    );
}
