import { decodeEntry } from '../../lambda/audit/encoding.ts';
import { entriesPrefix } from '../../lambda/audit/object-key.ts';
import type { Clouds } from '../clouds/clouds.ts';
import { ROTATION } from '../clouds/rotation-entry.ts';
import { AUDIT_BUCKET } from '../clouds/vaults.ts';
import type { Display } from './display.ts';

const METRICS_SHOWN = ['StepFailed', 'MirrorLag', 'CurrentRefused', 'LoginRefused', 'AuditFailed'];

/** Shows what an operator would find afterwards: the metrics that alarm, and the audit entries of the rotation. */
export function operatorView(display: Display, clouds: Clouds, versionId: string): void {
  display.title('What the operator sees of act 2');
  for (const [metric, times] of alarmingMetrics(clouds.lambda.logs())) {
    display.note('metric', `${metric}${times > 1 ? `, ${times} times` : ''}`);
  }
  for (const entry of entriesOf(clouds, versionId)) display.note('audit entry', entry);
}

/** Embedded metrics are log lines with an `_aws` key. */
function alarmingMetrics(logs: string): ReadonlyMap<string, number> {
  const seen = logs.split('\n').flatMap((line) => {
    if (!line.includes('"_aws"')) return [];
    const metric = JSON.parse(line) as Partial<Record<string, string | number>>;
    const { Subject: subject = '' } = metric;
    return METRICS_SHOWN.filter((name) => name in metric).map((name) => `${name} ${subject}`);
  });
  const counts = new Map<string, number>();
  for (const metric of seen) counts.set(metric, (counts.get(metric) ?? 0) + 1);
  return counts;
}

function entriesOf({ vaults }: Clouds, versionId: string): string[] {
  // Keys sort newest first.
  return vaults.aws.buckets
    .versions(AUDIT_BUCKET, entriesPrefix(`lockstep/${ROTATION}/`))
    .flatMap((versions) => versions.slice(-1))
    .map(({ bytes }) => decodeEntry(bytes.toString('utf8')))
    .filter((entry) => entry.versionId === versionId)
    .reverse()
    .map(({ sequence, step, event, subject, error = '' }) =>
      [`#${sequence}`.padEnd(4), step.padEnd(13), event.padEnd(16), subject, error]
        .join(' ')
        .trimEnd(),
    );
}
