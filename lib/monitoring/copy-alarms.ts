import { type Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { addAlarm, type AlarmPlace } from './rotation-alarm.ts';
import { rotationMetric } from './rotation-metrics.ts';

/** The alarm on copies of the audit trail, where there are any. The hourly call makes up for them, and ends it. */
export function copyAlarms(place: AlarmPlace): readonly Alarm[] {
  const { rotation } = place;
  if (!rotation.copiesAuditTrail) return [];
  return [
    addAlarm(place, {
      name: 'AuditCopyFailed',
      metric: rotationMetric(rotation.rotationName, { name: 'AuditCopyFailed' }),
      // It is told once, not every hour.
      treatMissingData: TreatMissingData.IGNORE,
      words: ({ describe }) => ({
        finding: 'an entry of the audit trail has no copy in OCI, or another one.',
        state:
          'the trail itself, in S3, is complete unless AuditFailed rings too, and no step fails for it. The function tries again every hour; when nothing is missing, this alarm ends.',
        next: `if it lasts for hours, do what the log says (Look); then compare: npx lockstep audit verify ${rotation.rotationName} --copies <folder>; the versions of the secret: ${describe}`,
      }),
    }),
  ];
}
